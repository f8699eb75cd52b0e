package demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Jdks.Jdk;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real Prometheus, with the rules that are shipped, scrapes the shop program under the agent. */
class PrometheusIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path REPOSITORY = TARGET.resolve("../..").normalize();
    private static final Pattern VALUE = Pattern.compile("\"value\":\\[[^,]+,\"([^\"]+)\"]");

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void it_sees_what_the_program_would_have_felt(Jdk jdk, @TempDir Path dir) throws Exception {
        Tool tool = Tool.orSkip("prometheus", "prometheus");
        Path java = jdk.orSkip().tool("java");
        int admin = freePort();
        int port = freePort();
        Path rules = REPOSITORY.resolve("config-examples/prometheus-rules.yaml");
        Path configuration = Files.writeString(dir.resolve("prometheus.yml"), """
                global: {scrape_interval: 500ms, scrape_timeout: 400ms, evaluation_interval: 500ms}
                rule_files: ['%s']
                scrape_configs:
                  - job_name: shop
                    static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(rules, admin));
        Path said = dir.resolve("prometheus.log");
        Process prometheus = tool.command(
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + dir.resolve("data"),
                        "--web.listen-address=127.0.0.1:" + port)
                .redirectOutput(said.toFile())
                .start();
        try {
            String address = "http://127.0.0.1:" + port;
            await(prometheus, said, () -> get(address + "/-/ready").isEmpty());
            runShop(java, dir, admin);

            assertThat(query(address, "max_over_time(up{job=\"shop\"}[5m])"))
                    .as(Files.readString(said))
                    .isEqualTo(1);
            assertThat(query(address, "sum(max_over_time(retry_attempts_total[5m]))"))
                    .isGreaterThan(5);
            assertThat(query(address, "sum(max_over_time(holdfast_calls_total{outcome=\"saved_by_retry\"}[5m]))"))
                    .isGreaterThan(5);
            assertThat(query(address, "sum(max_over_time(retry_delay_seconds_bucket{le=\"+Inf\"}[5m]))"))
                    .isGreaterThan(5);
            assertThat(query(address, "count(max_over_time(holdfast_build_info[5m]))"))
                    .isEqualTo(1);
            await(prometheus, said, () -> {
                String evaluated = get(address + "/api/v1/rules");
                return evaluated.split("\"health\":\"ok\"", -1).length != 7;
            });
        } finally {
            prometheus.destroy();
            if (!prometheus.waitFor(10, TimeUnit.SECONDS)) {
                prometheus.destroyForcibly().waitFor();
            }
        }
    }

    private static void runShop(Path java, Path dir, int admin) throws IOException, InterruptedException {
        Path file = Files.writeString(
                dir.resolve("holdfast.toml"),
                Files.readString(REPOSITORY.resolve("config-examples/quickstart.toml"))
                        + "\n[admin]\nlisten = \"127.0.0.1:" + admin + "\"\n");
        Path output = dir.resolve("shop.log");
        Process shop = new ProcessBuilder(
                        java.toString(),
                        "-javaagent:" + REPOSITORY.resolve("agent/target/holdfast-agent.jar") + "=" + file,
                        "-cp",
                        TARGET.resolve("testapp.jar").toString(),
                        "com.example.shop.Shop")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(shop.waitFor(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            shop.destroyForcibly();
        }
        assertThat(shop.exitValue()).as(Files.readString(output)).isZero();
    }

    /** A condition that is false once it is as wanted. */
    private interface NotYet {
        boolean isTrue() throws IOException, InterruptedException;
    }

    private static void await(Process prometheus, Path said, NotYet notYet) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (notYet.isTrue()) {
            boolean over = prometheus.waitFor(100, TimeUnit.MILLISECONDS) || System.nanoTime() > end;
            assertThat(over).as(Files.readString(said)).isFalse();
        }
    }

    /** The body of an answer of 200, else nothing. */
    private String get(String address) throws InterruptedException {
        try {
            var answer = client.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
            return answer.statusCode() == 200 ? answer.body() : "";
        } catch (IOException e) {
            return ""; // it does not listen yet
        }
    }

    private double query(String address, String expression) throws InterruptedException {
        String answer = get(address + "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        Matcher value = VALUE.matcher(answer);
        assertThat(value.find()).as(expression + ": " + answer).isTrue();
        return Double.parseDouble(value.group(1));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
