#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include <uproar/text.h>

/* It is asked anew each time, which costs next to nothing, so that nobody has to tell us that it changed. */
bool text_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool text_locale(void)
{
	static const char fallback[] = "C.UTF-8";
	setlocale(LC_MESSAGES, "");
	if (setlocale(LC_CTYPE, "") && text_is_utf8())
		return true;
	if (!setlocale(LC_CTYPE, fallback) || !text_is_utf8())
		return false;
	/* LC_ALL overrules the others where it is set. */
	setenv(getenv("LC_ALL") ? "LC_ALL" : "LC_CTYPE", fallback, 1);
	return true;
}
