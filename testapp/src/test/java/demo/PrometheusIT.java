package demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.Jdks.Jdk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real Prometheus, with the rules that are shipped, scrapes the shop program under the agent. */
class PrometheusIT {
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final Path REPOSITORY = TARGET.resolve("../..").normalize();

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void it_sees_what_the_program_would_have_felt(Jdk jdk, @TempDir Path dir) throws Exception {
        Path java = jdk.orSkip().tool("java");
        int admin = Prometheus.freePort();
        Path rules = REPOSITORY.resolve("config-examples/prometheus-rules.yaml");
        try (Prometheus prometheus = Prometheus.start(dir, rules, """
                - job_name: shop
                  static_configs: [{targets: ['127.0.0.1:%d']}]
                """.formatted(admin))) {
            runShop(java, dir, admin);

            assertThat(prometheus.query("max_over_time(up{job=\"shop\"}[5m])")).isEqualTo(1);
            assertThat(prometheus.query("sum(max_over_time(retry_attempts_total[5m]))"))
                    .isGreaterThan(5);
            assertThat(prometheus.query("sum(max_over_time(holdfast_calls_total{outcome=\"saved_by_retry\"}[5m]))"))
                    .isGreaterThan(5);
            assertThat(prometheus.query("sum(max_over_time(retry_delay_seconds_bucket{le=\"+Inf\"}[5m]))"))
                    .isGreaterThan(5);
            assertThat(prometheus.query("sum(max_over_time(holdfast_call_duration_seconds_count[5m]))"))
                    .isEqualTo(prometheus.query("sum(max_over_time(holdfast_calls_total[5m]))"));
            assertThat(prometheus.query("count(max_over_time(holdfast_build_info[5m]))"))
                    .isEqualTo(1);
            int all = Files.readString(rules).split("- (alert|record): ", -1).length;
            assertThat(all).isGreaterThan(10);
            prometheus.await(() -> prometheus.get("/api/v1/rules").split("\"health\":\"ok\"", -1).length == all);
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
}
