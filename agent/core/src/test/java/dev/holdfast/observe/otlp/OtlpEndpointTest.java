package dev.holdfast.observe.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.policy.OtlpExport;
import dev.holdfast.policy.ValueSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OtlpEndpointTest {
    private static final String FOR_METRICS = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private static final String FOR_ALL = "OTEL_EXPORTER_OTLP_ENDPOINT";

    @Test
    void the_file_says_where_then_the_environment_then_what_is_usual() {
        Map<String, String> both = Map.of(FOR_METRICS, "http://m.example/x", FOR_ALL, "http://a.example:4318/");

        assertThat(uri("https://f.example/v1/metrics", both)).isEqualTo("https://f.example/v1/metrics");
        assertThat(uri("", both)).isEqualTo("http://m.example/x");
        assertThat(uri("", Map.of(FOR_ALL, "http://a.example:4318/"))).isEqualTo("http://a.example:4318/v1/metrics");
        assertThat(uri("", Map.of(FOR_ALL, "http://a.example/base"))).isEqualTo("http://a.example/base/v1/metrics");
        assertThat(uri("", Map.of(FOR_ALL, " ", FOR_METRICS, ""))).isEqualTo("http://localhost:4318/v1/metrics");
    }

    @Test
    void what_is_no_url_is_not_shown() {
        for (String wrong : List.of("grpc://hunter2.example", "hunter2", "http://hunter2 x/", "http://hunter2:99999")) {
            assertThatThrownBy(() -> uri("", Map.of(FOR_METRICS, wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the variable " + FOR_METRICS + " names no http or https URL")
                    .hasNoCause();
        }
    }

    @Test
    void it_knows_where_the_url_comes_from() {
        ValueSource key = new ValueSource("HOLDFAST_METRICS_OTLP_URL");
        assertThat(OtlpEndpoint.find("http://f.example", key, name -> null).source())
                .isEqualTo(key);
        assertThat(OtlpEndpoint.find("", key, Map.of(FOR_ALL, "http://a.example")::get)
                        .source())
                .isEqualTo(new ValueSource(FOR_ALL));
        assertThat(OtlpEndpoint.find("", key, Map.of(FOR_METRICS, "http://a.example")::get)
                        .source())
                .isEqualTo(new ValueSource(FOR_METRICS));
        assertThat(OtlpEndpoint.find("", key, name -> null).source()).isEqualTo(ValueSource.FILE);
    }

    @Test
    void it_shows_nothing_that_may_be_a_credential() {
        assertThat(new OtlpExport("http://x/hunter2", 1, 1, Map.of("A", List.of("hunter2")), Map.of()).toString())
                .doesNotContain("hunter2");
    }

    private static String uri(String url, Map<String, String> environment) {
        return OtlpEndpoint.find(url, ValueSource.FILE, environment::get).uri().toString();
    }
}
