package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.OtlpExport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OtlpConfigTest {
    @Test
    void the_table_alone_asks_for_a_push() throws ConfigException {
        assertThat(otlp("[retry]\n")).isNull();
        assertThat(otlp("[metrics]\napplication_registry = true\n")).isNull();
        assertThat(otlp("[metrics.otlp]\n"))
                .isEqualTo(new OtlpExport(
                        "", TimeUnit.SECONDS.toNanos(60), TimeUnit.SECONDS.toNanos(10), Map.of(), Map.of()));
        assertThat(otlp("metrics.otlp.step = \"5s\"\n")).isNotNull();
        assertThat(otlp("[metrics.otlp]\nenabled = true\n")).isNotNull();
    }

    @Test
    void unless_it_says_otherwise() throws ConfigException {
        assertThat(otlp("[metrics.otlp]\nenabled = false\nurl = \"http://127.0.0.1:4318/v1/metrics\"\n"))
                .isNull();
    }

    @Test
    void the_reference_which_has_the_table_asks_for_none() throws ConfigException {
        assertThat(ConfigLoader.load("../../config-examples/reference.toml")
                        .observabilityConfig()
                        .metrics()
                        .otlp())
                .isNull();
    }

    @Test
    void attributes_may_be_written_with_and_without_quotes() throws ConfigException {
        Map<String, String> expected = Map.of("service.name", "shop", "deployment.environment.name", "test", "x", "1");
        assertThat(attributes("""
                        [metrics.otlp]
                        resource_attributes = { "service.name" = "shop", deployment.environment.name = "test", x = "1" }
                        """)).isEqualTo(expected);
        assertThat(attributes("""
                        [metrics.otlp.resource_attributes]
                        service.name = "shop"
                        "deployment.environment".name = "test"
                        x = "1"
                        """)).isEqualTo(expected);
    }

    @Test
    void what_may_be_a_credential_is_in_no_text() throws ConfigException {
        Configuration configuration = ConfigLoader.parse("""
                [retry]
                [metrics.otlp]
                url = "https://otel.example.com/v1/metrics?key=hunter2"
                headers = { Authorization = "Bearer hunter2" }
                """, "t.toml");

        OtlpExport otlp = configuration.observabilityConfig().metrics().otlp();
        assertThat(otlp).isNotNull();
        assertThat(otlp.headers()).containsEntry("Authorization", List.of("Bearer hunter2"));
        assertThat(configuration.toString() + otlp).doesNotContain("hunter2");
        assertThat(configuration.provenance().values("*").toString()).doesNotContain("hunter2");
    }

    private static Map<String, String> attributes(String text) throws ConfigException {
        OtlpExport otlp = otlp(text);
        assertThat(otlp).isNotNull();
        return otlp.resourceAttributes();
    }

    private static @Nullable OtlpExport otlp(String text) throws ConfigException {
        return ConfigLoader.parse(text, "t.toml")
                .observabilityConfig()
                .metrics()
                .otlp();
    }
}
