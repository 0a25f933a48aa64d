"""TCPClient.py HOST PORT - after Kurose & Ross, section 2.7: sends one sentence and prints the reply."""
import sys
from socket import AF_INET, SOCK_STREAM, socket

serverName = sys.argv[1]
serverPort = int(sys.argv[2])
clientSocket = socket(AF_INET, SOCK_STREAM)
clientSocket.connect((serverName, serverPort))
sentence = input("Input lowercase sentence: ")
clientSocket.send(sentence.encode())
modifiedSentence = clientSocket.recv(1024)
print("From Server:", modifiedSentence.decode())
clientSocket.close()
