package dev.holdfast.runtime;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An ordinary program whose server always answers 503; it prints how many requests a call of each client, HttpClient
 * first, comes to, before and after it has changed the file that it is given.
 */
final class ReloadedProgram {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final AtomicInteger REQUESTS = new AtomicInteger();

    private ReloadedProgram() {}

    public static void main(String[] arguments) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            REQUESTS.incrementAndGet();
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        Path file = Path.of(arguments[0]);
        System.out.println("before " + calls("GET", uri));
        Files.writeString(file, "[retry]\nmax_retry = 2\n");
        await().during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(15))
                .until(() -> calls("GET", uri).equals("1 1"));
        System.out.println("bad " + calls("GET", uri));
        replace(file, arguments[1]);
        awaitCalls("3 3", uri);
        System.out.println("after " + calls("GET", uri));
        System.out.println("route " + calls("GET", uri.resolve("/once?q=1")));
        System.out.println("other method " + calls("HEAD", uri.resolve("/once")));
        System.out.println("off " + calls("GET", uri.resolve("/off/a")));
        replace(file, arguments[2]);
        awaitCalls("1 3", uri);
        System.out.println("one client off " + calls("GET", uri));
        replace(file, arguments[1]);
        awaitCalls("3 3", uri);
        System.out.println("both on " + calls("GET", uri));
        server.stop(0);
    }

    /**
     * Waits until the changed file is in force for both clients. It is for the one before the other: a client that was
     * off is woven after the policies have been replaced.
     */
    private static void awaitCalls(String expected, URI uri) {
        await().atMost(Duration.ofSeconds(30)).until(() -> calls("GET", uri), expected::equals);
    }

    /** Renamed over the old one, as editors do. */
    private static void replace(Path file, String by) throws IOException {
        Path next = Files.writeString(file.resolveSibling("next.toml"), Files.readString(Path.of(by)));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String calls(String method, URI uri) throws IOException, InterruptedException {
        REQUESTS.set(0);
        CLIENT.send(
                HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.discarding());
        int first = REQUESTS.getAndSet(0);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setRequestMethod(method);
        connection.getResponseCode();
        return first + " " + REQUESTS.get();
    }
}
