"""UDPClient.py HOST PORT - after Kurose & Ross, section 2.7: sends one sentence and prints the reply."""
import sys
from socket import AF_INET, SOCK_DGRAM, socket

serverName = sys.argv[1]
serverPort = int(sys.argv[2])
clientSocket = socket(AF_INET, SOCK_DGRAM)
message = input("Input lowercase sentence: ")
clientSocket.sendto(message.encode(), (serverName, serverPort))
modifiedMessage, serverAddress = clientSocket.recvfrom(2048)
print(modifiedMessage.decode())
clientSocket.close()
