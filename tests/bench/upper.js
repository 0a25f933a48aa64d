// upper.js PORT - the uppercase service as one would write it with node, over TCP and UDP.
const port = Number(process.argv[2]);

const server = require("net").createServer({ noDelay: true }, (socket) => {
	socket.on("data", (data) => socket.write(data.toString().toUpperCase()));
	socket.on("error", () => socket.destroy());
});
server.listen({ port, host: "127.0.0.1", backlog: 4096 });

const datagrams = require("dgram").createSocket("udp4");
datagrams.on("message", (data, from) => datagrams.send(data.toString().toUpperCase(), from.port, from.address));
datagrams.bind(port, "127.0.0.1");
