"""TCPServer.py HOST PORT - after Kurose & Ross, section 2.7: answers one sentence a connection with its uppercase."""
import sys
from socket import AF_INET, SOCK_STREAM, socket

serverName = sys.argv[1]
serverPort = int(sys.argv[2])
serverSocket = socket(AF_INET, SOCK_STREAM)
serverSocket.bind((serverName, serverPort))
serverSocket.listen(1)
print("The server is ready to receive on port", serverSocket.getsockname()[1], flush=True)
while True:
    connectionSocket, addr = serverSocket.accept()
    sentence = connectionSocket.recv(1024).decode()
    capitalizedSentence = sentence.upper()
    connectionSocket.send(capitalizedSentence.encode())
    connectionSocket.close()
