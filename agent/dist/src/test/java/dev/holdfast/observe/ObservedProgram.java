package dev.holdfast.observe;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An ordinary program: a call that is good at its first try, one that is good at its second, and some that are not, so
 * that a breaker opens; with both clients. It prints its server's origin, and ends.
 */
public final class ObservedProgram {
    private ObservedProgram() {}

    public static void main(String[] arguments) throws Exception {
        calls();
    }

    /** Makes the calls, and gives the origin that they went to. */
    public static String calls() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger flaky = new AtomicInteger();
        server.createContext("/", exchange -> {
            int status = switch (exchange.getRequestURI().getPath()) {
                case "/ok" -> 200;
                case "/flaky" -> flaky.getAndIncrement() % 2 == 0 ? 503 : 200;
                default -> 503;
            };
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        try {
            get(uri.resolve("/ok?secret=1"));
            get(uri.resolve("/flaky"));
            HttpURLConnection connection =
                    (HttpURLConnection) uri.resolve("/ok").toURL().openConnection();
            connection.getResponseCode();
            for (int i = 0; i < 3; i++) {
                get(uri.resolve("/down"));
            }
        } finally {
            server.stop(0);
        }
        String origin = uri.toString().substring(0, uri.toString().length() - 1);
        System.out.println(origin);
        return origin;
    }

    private static void get(URI uri) throws InterruptedException {
        try {
            HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
        } catch (IOException e) {
            // The breaker rejects it.
        }
    }
}
