package dev.holdfast.client.apache5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.FallbackCandidate;
import dev.holdfast.policy.ByteString;
import dev.holdfast.policy.FallbackPolicy.Strategy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.impl.classic.CloseableHttpResponse;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;

class Apache5SyntheticResponsesTest {
    @Test
    void aResponseSaysWhatOneOfAnOriginSays() throws Exception {
        CloseableHttpResponse response = SyntheticResponses.of("GET", response(200));

        assertThat(response.getVersion()).isEqualTo(HttpVersion.HTTP_1_1);
        assertThat(response.getCode()).isEqualTo(200);
        assertThat(response.getReasonPhrase()).isEqualTo("OK");
        assertThat(response.getHeader("X-Many").getValue()).isEqualTo("a");
        assertThat(EntityUtils.toString(response.getEntity())).isEqualTo("text");
    }

    @Test
    void aResponseWithoutABodyHasNone() {
        assertThat(SyntheticResponses.of("HEAD", response(200)).getEntity()).isNull();
        assertThat(SyntheticResponses.of("GET", response(204)).getEntity()).isNull();
        assertThat(SyntheticResponses.of("GET", response(304)).getEntity()).isNull();
    }

    private static FallbackCandidate.Response response(int status) {
        return new FallbackCandidate.Response(
                Strategy.DEFAULT_VALUE,
                status,
                Map.of("X-Many", List.of("a"), "Content-Type", List.of("text/plain")),
                ByteString.owning("text".getBytes(StandardCharsets.UTF_8)));
    }
}
