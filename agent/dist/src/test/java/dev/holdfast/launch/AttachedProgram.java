package dev.holdfast.launch;

import java.io.File;
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
import java.util.HashSet;
import java.util.Set;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * Calls with each client, attaches the agent (arguments: jar and agent argument) to itself, calls again with clients
 * made before. The server answers the first request to each path with 503.
 */
final class AttachedProgram {
    private AttachedProgram() {}

    public static void main(String[] arguments) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> serve(server), "server");
            serving.setDaemon(true);
            serving.start();
            URI origin = URI.create("http://127.0.0.1:" + server.getLocalPort());
            HttpClient client = HttpClient.newHttpClient();
            call(client, origin, "before");
            try {
                ByteBuddyAgent.attach(
                        new File(arguments[0]),
                        Long.toString(ProcessHandle.current().pid()),
                        arguments[1]);
                System.out.println("attached");
            } catch (RuntimeException e) {
                System.out.println("not attached");
            }
            call(client, origin, "after");
        }
    }

    private static void call(HttpClient client, URI origin, String when) throws IOException, InterruptedException {
        HttpURLConnection connection =
                (HttpURLConnection) origin.resolve("/u/" + when).toURL().openConnection();
        System.out.println(when + " " + connection.getResponseCode());
        HttpRequest request =
                HttpRequest.newBuilder(origin.resolve("/c/" + when)).build();
        System.out.println(
                when + " " + client.send(request, BodyHandlers.ofString()).statusCode());
    }

    private static void serve(ServerSocket server) {
        Set<String> seen = new HashSet<>();
        while (true) {
            try (Socket socket = server.accept()) {
                String target = target(socket.getInputStream());
                String status = seen.add(target) ? "503 Unavailable" : "200 OK";
                socket.getOutputStream()
                        .write(("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                if (server.isClosed()) {
                    return;
                }
            }
        }
    }

    private static String target(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int b = in.read(); b >= 0 && head.indexOf("\r\n\r\n") < 0; b = in.read()) {
            head.append((char) b);
            if (head.indexOf("\r\n\r\n") >= 0) {
                break;
            }
        }
        return head.substring(0, Math.max(0, head.indexOf(" HTTP")));
    }
}
