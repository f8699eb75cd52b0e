package bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Calls over loopback, one after the other. Each iteration calls the other of two addresses, so that what differs
 * between neighbours is what the addresses' policies differ in: same JVM, same compiled code, same moment.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RecordingCosts {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final HttpRequest[] requests = new HttpRequest[2];
    private final URL[] urls = new URL[2];
    private int iterations;
    private int turn;

    /** The client. */
    @Param({"HttpClient", "HttpURLConnection"})
    public String api;

    /** Takes the addresses from the system properties {@code bench.first} and {@code bench.second}. */
    @Setup
    public void addresses() throws IOException {
        for (int i = 0; i < 2; i++) {
            URI uri = URI.create(System.getProperty(i == 0 ? "bench.first" : "bench.second"));
            requests[i] = HttpRequest.newBuilder(uri).build();
            urls[i] = uri.toURL();
        }
    }

    /** The other one. */
    @Setup(Level.Iteration)
    public void change() {
        turn = iterations++ & 1;
    }

    @Benchmark
    public Object call() throws Exception {
        if (api.equals("HttpClient")) {
            return client.send(requests[turn], BodyHandlers.ofByteArray()).body();
        }
        HttpURLConnection connection = (HttpURLConnection) urls[turn].openConnection();
        try (InputStream body = connection.getInputStream()) {
            return body.readAllBytes();
        }
    }
}
