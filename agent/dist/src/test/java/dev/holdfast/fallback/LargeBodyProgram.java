package dev.holdfast.fallback;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/**
 * Takes a body of a gibibyte, whose length nobody says, through both clients, in 64 MiB of memory; then the service is
 * down.
 */
final class LargeBodyProgram {
    private static final int PIECE = 1 << 20;
    private static final int PIECES = 1 << 10;

    private LargeBodyProgram() {}

    public static void main(String[] arguments) throws Exception {
        try (ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> serve(service));
            thread.setDaemon(true);
            thread.start();
            URI uri = URI.create("http://127.0.0.1:" + service.getLocalPort() + "/");
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest request = HttpRequest.newBuilder(uri).build();
            System.out.println("HttpClient "
                    + count(client.send(request, BodyHandlers.ofInputStream()).body()));
            System.out.println("HttpURLConnection " + count(uri.toURL().openStream()));
            System.out.println(client.send(request, BodyHandlers.discarding()).statusCode());
            System.out.println(((HttpURLConnection) uri.toURL().openConnection()).getResponseCode());
        }
    }

    private static long count(InputStream body) throws IOException {
        try (body) {
            return body.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** The gibibyte twice, then only that it is busy. */
    private static void serve(ServerSocket service) {
        for (int calls = 0; ; calls++) {
            try (Socket connection = service.accept()) {
                InputStream in = connection.getInputStream();
                for (int newlines = 0; newlines < 2; ) {
                    int b = in.read();
                    newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
                }
                OutputStream out = connection.getOutputStream();
                if (calls >= 2) {
                    write(out, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    continue;
                }
                write(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
                byte[] piece = new byte[PIECE];
                for (int i = 0; i < PIECES; i++) {
                    write(out, Integer.toHexString(PIECE) + "\r\n");
                    out.write(piece);
                    write(out, "\r\n");
                }
                write(out, "0\r\n\r\n");
            } catch (IOException e) {
                return; // the program ends
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
