package dev.holdfast.observe.jfr;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Calls, then begins to record, goes on calling until that shows, and changes its configuration while it records, for
 * the better and for the worse.
 */
public final class LateRecordingProgram {
    private LateRecordingProgram() {}

    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        Path configuration = Path.of(arguments[1]);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            record(server, file, configuration);
        } finally {
            server.stop(0);
        }
    }

    private static void record(HttpServer server, Path file, Path configuration) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        HttpClient client = HttpClient.newHttpClient();
        client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
        try (Recording recording = new Recording()) {
            recording.start();
            await().atMost(30, TimeUnit.SECONDS).until(() -> {
                client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding());
                return has(recording, file, "dev.holdfast.Attempt", "outcome", "200");
            });
            String good = Files.readString(configuration);
            Files.writeString(configuration, good + "[hosts.\"shop.example\".retry]\nmax_retries = 2\n");
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> has(recording, file, "dev.holdfast.Reload", "problem", null));
            Files.writeString(configuration, good + "nonsense = 1\n");
            await().atMost(30, TimeUnit.SECONDS).until(() -> count(recording, file, "dev.holdfast.Reload") == 2);
            recording.stop();
            recording.dump(file);
        }
    }

    private static boolean has(Recording recording, Path file, String event, String field, String value)
            throws IOException {
        return events(recording, file).stream()
                .filter(each -> each.getEventType().getName().equals(event))
                .anyMatch(each -> value == null ? each.getString(field) == null : value.equals(each.getString(field)));
    }

    private static long count(Recording recording, Path file, String event) throws IOException {
        return events(recording, file).stream()
                .filter(each -> each.getEventType().getName().equals(event))
                .count();
    }

    private static List<RecordedEvent> events(Recording recording, Path file) throws IOException {
        recording.dump(file);
        return RecordingFile.readAllEvents(file);
    }
}
