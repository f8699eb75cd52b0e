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
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.HttpResponse;

/**
 * Calls with each client, attaches the agent (arguments: jar and agent argument) to itself, calls again with clients
 * made before. The server answers the first request to each path with 503.
 */
final class AttachedProgram {
    private final URI origin;
    private final HttpClient client = HttpClient.newHttpClient();
    private final OkHttpClient okHttp = new OkHttpClient();
    // It sends a request again by itself that was answered by 503.
    private final CloseableHttpClient apache5 =
            HttpClients.custom().disableAutomaticRetries().build();
    private final org.apache.http.client.HttpClient apache4 = org.apache.http.impl.client.HttpClients.createDefault();

    private AttachedProgram(URI origin) {
        this.origin = origin;
    }

    public static void main(String[] arguments) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> serve(server), "server");
            serving.setDaemon(true);
            serving.start();
            URI origin = URI.create("http://127.0.0.1:" + server.getLocalPort());
            AttachedProgram program = new AttachedProgram(origin);
            program.call("before");
            try {
                ByteBuddyAgent.attach(
                        new File(arguments[0]),
                        Long.toString(ProcessHandle.current().pid()),
                        arguments[1]);
                System.out.println("attached");
            } catch (RuntimeException e) {
                System.out.println("not attached");
            }
            program.call("after");
            System.exit(0); // before the threads of clients end
        }
    }

    private void call(String when) throws IOException, InterruptedException {
        HttpURLConnection connection =
                (HttpURLConnection) origin.resolve("/u/" + when).toURL().openConnection();
        System.out.println(when + " " + connection.getResponseCode());
        HttpRequest request =
                HttpRequest.newBuilder(origin.resolve("/c/" + when)).build();
        System.out.println(
                when + " " + client.send(request, BodyHandlers.ofString()).statusCode());
        String url = origin.resolve("/o/" + when).toString();
        try (Response response =
                okHttp.newCall(new Request.Builder().url(url).build()).execute()) {
            System.out.println(when + " " + response.code());
        }
        System.out.println(
                when + " " + apache5.execute(new HttpGet(origin.resolve("/5/" + when)), HttpResponse::getCode));
        System.out.println(when + " "
                + apache4.execute(
                        new org.apache.http.client.methods.HttpGet(origin.resolve("/4/" + when)),
                        response -> response.getStatusLine().getStatusCode()));
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
