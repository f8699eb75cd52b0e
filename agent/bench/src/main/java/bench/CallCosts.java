package bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import sun.net.www.HoldfastBridge;

/**
 * Measures the cost of a call beyond the client's own work, in a JVM with the packed agent: the same sequence as in a
 * woven method, on a client and a connection that answer at once. {@code bare} is without the hook, {@code noPolicy}
 * for a host that the configuration does not name, {@code policy} for one that it does.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CallCosts {
    // As the list of clients and their declarations have it.
    private static final int HTTP_CLIENT = 0;
    private static final int SEND = 0;
    private static final int SEND_ASYNC = 1;
    private static final int URL_CONNECTION = 1;
    private static final int OPENED = 0;

    private final HttpClient client = new InstantClient();
    private final BodyHandler<Void> handler = BodyHandlers.discarding();
    private HttpRequest other;
    private HttpRequest named;
    private URL otherUrl;
    private URL namedUrl;

    /** Has the agent weave, and makes sure that it is there. */
    @Setup
    public void weave() throws Exception {
        URI otherUri = URI.create("http://other.example/path");
        URI namedUri = URI.create("http://policy.example/path");
        other = HttpRequest.newBuilder(otherUri).build();
        named = HttpRequest.newBuilder(namedUri).build();
        otherUrl = otherUri.toURL();
        namedUrl = namedUri.toURL();
        HttpClient woven = HttpClient.newHttpClient();
        if (woven.version() == null
                || otherUrl.openConnection() instanceof InstantConnection
                || !(namedUrl.openConnection() instanceof HttpURLConnection)
                || HoldfastBridge.enter(client, other, handler, null, HTTP_CLIENT, SEND) != null
                || HoldfastBridge.enter(client, named, handler, null, HTTP_CLIENT, SEND) == null
                || opened(otherUrl).getClass() != InstantConnection.class
                || opened(namedUrl).getClass() == InstantConnection.class) {
            throw new IllegalStateException("the agent is not active");
        }
    }

    @Benchmark
    public Object sendBare() throws Exception {
        return client.send(other, handler);
    }

    @Benchmark
    public Object sendNoPolicy() throws Exception {
        return send(other);
    }

    @Benchmark
    public Object sendPolicy() throws Exception {
        return send(named);
    }

    private Object send(HttpRequest request) throws Exception {
        Object response = HoldfastBridge.enter(client, request, handler, null, HTTP_CLIENT, SEND);
        return response != null ? response : client.send(request, handler);
    }

    @Benchmark
    public Object sendAsyncBare() {
        return client.sendAsync(other, handler).join();
    }

    @Benchmark
    public Object sendAsyncNoPolicy() throws Exception {
        return sendAsync(other);
    }

    @Benchmark
    public Object sendAsyncPolicy() throws Exception {
        return sendAsync(named);
    }

    private Object sendAsync(HttpRequest request) throws Exception {
        Object response = HoldfastBridge.enter(client, request, handler, null, HTTP_CLIENT, SEND_ASYNC);
        return response != null
                ? ((CompletableFuture<?>) response).join()
                : client.sendAsync(request, handler).join();
    }

    @Benchmark
    public Object connectionBare() throws Exception {
        return read(new InstantConnection(otherUrl));
    }

    @Benchmark
    public Object connectionNoPolicy() throws Exception {
        return read(opened(otherUrl));
    }

    @Benchmark
    public Object connectionPolicy() throws Exception {
        return read(opened(namedUrl));
    }

    private static HttpURLConnection opened(URL url) {
        return (HttpURLConnection) HoldfastBridge.result(new InstantConnection(url), url, null, URL_CONNECTION, OPENED);
    }

    private static int read(HttpURLConnection connection) throws IOException {
        connection.setRequestMethod("GET");
        int status = connection.getResponseCode();
        try (InputStream body = connection.getInputStream()) {
            return status + body.read();
        }
    }
}
