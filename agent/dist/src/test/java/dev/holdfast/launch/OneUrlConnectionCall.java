package dev.holdfast.launch;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A program that needs {@code java.base} alone. */
final class OneUrlConnectionCall {
    private OneUrlConnectionCall() {}

    public static void main(String[] arguments) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> answer(server), "server");
            serving.setDaemon(true);
            serving.start();
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + server.getLocalPort())
                    .toURL()
                    .openConnection();
            System.out.println("status " + connection.getResponseCode());
        }
    }

    private static void answer(ServerSocket server) {
        try (Socket socket = server.accept()) {
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            while (socket.getInputStream().read() >= 0) {
                // Until the client has read the answer and closes.
            }
        } catch (IOException e) {
            // The program ends with the call's own failure.
        }
    }
}
