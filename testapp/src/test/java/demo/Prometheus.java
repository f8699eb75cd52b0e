package demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Tool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real Prometheus, for as long as a test needs it. */
final class Prometheus implements AutoCloseable {
    private static final Pattern VALUE = Pattern.compile("\"value\":\\[[^,]+,\"([^\"]+)\"]");

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final Path log;
    private final String address;

    private Prometheus(Process process, Path log, String address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /** A condition that a test waits for. */
    interface Condition {
        boolean isMet() throws IOException, InterruptedException;
    }

    /** Starts one that scrapes and evaluates twice a second, and waits until it answers. */
    static Prometheus start(Path dir, Path rules, String scrapeConfigs) throws IOException, InterruptedException {
        Path configuration =
                Files.writeString(dir.resolve("prometheus.yml"), """
                global: {scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms}
                rule_files: ['%s']
                scrape_configs:
                %s""".formatted(rules, scrapeConfigs.indent(2)));
        int port = freePort();
        Path log = dir.resolve("prometheus.log");
        Process process = Tool.orSkip("prometheus", "prometheus")
                .command(
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + dir.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectOutput(log.toFile())
                .start();
        Prometheus started = new Prometheus(process, log, "http://127.0.0.1:" + port);
        try {
            started.await(() -> !started.get("/-/ready").isEmpty());
            return started;
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    /** Waits for a condition, for a minute and a half at most. */
    void await(Condition condition) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        while (!condition.isMet()) {
            boolean over = process.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > end;
            assertThat(over)
                    .as(get("/api/v1/alerts")
                            + '\n'
                            + get("/api/v1/targets?state=active")
                            + '\n'
                            + Files.readString(log))
                    .isFalse();
        }
    }

    /** The body of an answer of 200, else nothing. */
    String get(String path) throws InterruptedException {
        try {
            var response = client.send(
                    HttpRequest.newBuilder(URI.create(address + path)).build(), BodyHandlers.ofString());
            return response.statusCode() == 200 ? response.body() : "";
        } catch (IOException e) {
            return ""; // it does not listen yet
        }
    }

    /** Returns how many series an expression has. */
    int count(String expression) throws InterruptedException {
        String response = get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        return (int) VALUE.matcher(response).results().count();
    }

    /** The value of an expression that has one. */
    double query(String expression) throws InterruptedException, IOException {
        String response = get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        Matcher value = VALUE.matcher(response);
        assertThat(value.find())
                .as(expression + ": " + response + '\n' + Files.readString(log))
                .isTrue();
        return Double.parseDouble(value.group(1));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(10, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    /** A port that nobody listens on at the moment. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
