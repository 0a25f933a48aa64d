"""UDPServer.py HOST PORT - after Kurose & Ross, section 2.7: answers each datagram with its uppercase."""
import sys
from socket import AF_INET, SOCK_DGRAM, socket

serverName = sys.argv[1]
serverPort = int(sys.argv[2])
serverSocket = socket(AF_INET, SOCK_DGRAM)
serverSocket.bind((serverName, serverPort))
print("The server is ready to receive on port", serverSocket.getsockname()[1], flush=True)
while True:
    message, clientAddress = serverSocket.recvfrom(2048)
    modifiedMessage = message.decode().upper()
    serverSocket.sendto(modifiedMessage.encode(), clientAddress)
