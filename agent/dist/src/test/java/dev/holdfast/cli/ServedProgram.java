package dev.holdfast.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An ordinary program that makes its clients, and first calls with them, at once, and more calls for each line of its
 * standard input, with what the line says in the path; it ends with its input. Its server answers the first request to
 * each path with 503.
 */
public final class ServedProgram {
    private ServedProgram() {}

    public static void main(String[] arguments) throws Exception {
        // There is no older JDK at hand everywhere; this one can say that it is.
        System.setProperty(
                "java.specification.version",
                System.getProperty("pretended.version", System.getProperty("java.specification.version")));
        Set<String> seen = ConcurrentHashMap.newKeySet();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(seen.add(exchange.getRequestURI().getPath()) ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        URI origin = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        HttpClient client = HttpClient.newHttpClient();
        call(client, origin, "first");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            call(client, origin, line);
        }
        server.stop(0);
    }

    private static void call(HttpClient client, URI origin, String name) throws Exception {
        HttpURLConnection connection = (HttpURLConnection)
                origin.resolve("/u/" + name + "?token=secret").toURL().openConnection();
        int one = connection.getResponseCode();
        HttpRequest request = HttpRequest.newBuilder(origin.resolve("/c/" + name + "?token=secret"))
                .build();
        System.out.println(name + " " + one + " "
                + client.send(request, BodyHandlers.ofString()).statusCode());
    }
}
