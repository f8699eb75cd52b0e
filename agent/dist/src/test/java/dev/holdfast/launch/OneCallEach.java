package dev.holdfast.launch;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An ordinary program: one call with each client, to a server of its own that answers the first request to a path with
 * the first status and all later ones with the second. Prints what it saw.
 */
final class OneCallEach {
    private OneCallEach() {}

    public static void main(String[] arguments) throws Exception {
        String first = arguments.length > 0 ? arguments[0] : "200";
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            AtomicInteger requests = new AtomicInteger();
            Thread serving = new Thread(() -> serve(server, first, requests), "server");
            serving.setDaemon(true);
            serving.start();
            URI uri = URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
            HttpURLConnection connection =
                    (HttpURLConnection) uri.resolve("/a").toURL().openConnection();
            System.out.println("HttpURLConnection " + connection.getResponseCode());
            HttpClient client = HttpClient.newHttpClient();
            HttpRequest request = HttpRequest.newBuilder(uri.resolve("/b")).build();
            System.out.println("HttpClient "
                    + client.send(request, BodyHandlers.ofString()).statusCode());
            System.out.println("requests " + requests.get());
        }
    }

    private static void serve(ServerSocket server, String firstStatus, AtomicInteger requests) {
        boolean seenA = false;
        boolean seenB = false;
        while (true) {
            try (Socket socket = server.accept()) {
                String head = readHead(socket.getInputStream());
                requests.incrementAndGet();
                boolean a = head.startsWith("GET /a");
                String status = (a ? seenA : seenB) ? "200" : firstStatus;
                seenA |= a;
                seenB |= !a;
                socket.getOutputStream()
                        .write(("HTTP/1.1 " + status + " Status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                if (server.isClosed()) {
                    return;
                }
            }
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0; b = in.read()) {
            head.append((char) b);
            if (b == '\n' && head.length() > 3 && head.charAt(head.length() - 3) == '\n') {
                break;
            }
        }
        return head.toString();
    }
}
