/*
 * What is sent and uppercased: prose as people type it, with spaces, commas and capitals in it.
 */
#include "bench.h"

/* Of the first four, which are sent, no uppercase has another size. */
const struct prose prose[PROSE_COUNT] = {
	[ASCII] = {"ASCII", "a client sends a line of characters, and the Server sends it back in capitals. "},
	[CHINESE] = {"Chinese",
		     "客户端从键盘读取一行字符，将它发送给服务器；服务器收到以后，把字母改为大写，再发送回来。"},
	[FRENCH_GERMAN] = {"French/German",
			   "Le serveur, à son tour, reçoit les données et élève chaque lettre ; où l'été s'achève, "
			   "là naît la forêt. Der Bär läßt die Gäste grüßen, und über den Flüssen wird es kühl. "},
	[CYRILLIC] = {"Cyrillic", "Клиент читает строку с клавиатуры и посылает её серверу, а сервер возвращает ту же "
				  "строку заглавными буквами. "},
	[GREEK] = {"Greek", "Ο πελάτης διαβάζει μια γραμμή από το πληκτρολόγιο και τη στέλνει στον διακομιστή, που "
			    "την επιστρέφει με κεφαλαία. "},
	[VIETNAMESE] = {"Vietnamese", "Máy khách đọc một dòng từ bàn phím rồi gửi nó đến máy chủ; máy chủ trả lại dòng "
				      "ấy bằng chữ hoa. "},
	[TURKISH] = {"Turkish", "İstemci klavyeden bir satır okuyup sunucuya gönderir; sunucu aynı satırı büyük "
				"harflerle geri yollar, değişmiş olarak. "},
	[EMOJI] = {"emoji", "👋🙂 🚀🎉 😀😃😄 🐧💻 📨📬 ✅🌍🌎🌏 "},
	[MIXED] = {"mixed", "Hello κόσμε, привет 世界! Où est le café, bitte schön? 😀 Ça va. "},
};
