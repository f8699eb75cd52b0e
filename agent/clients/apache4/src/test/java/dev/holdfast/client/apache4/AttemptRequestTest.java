package dev.holdfast.client.apache4;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpVersion;
import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.methods.HttpGet;
import org.apache.http.client.methods.HttpPost;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.entity.StringEntity;
import org.apache.http.message.BasicHttpRequest;
import org.junit.jupiter.api.Test;

class AttemptRequestTest {
    @Test
    void says_the_same_and_is_aborted_alone() {
        HttpGet request = new HttpGet("http://a.example/orders?id=1");
        request.addHeader("Accept", "a");
        request.addHeader("Accept", "b");
        request.setProtocolVersion(HttpVersion.HTTP_1_0);
        request.setConfig(RequestConfig.custom().setSocketTimeout(1234).build());

        HttpRequestBase attempt = AttemptRequest.like(request, null);
        attempt.abort();

        assertThat(request.isAborted()).isFalse();
        assertThat(attempt.getRequestLine().toString())
                .isEqualTo(request.getRequestLine().toString());
        assertThat(attempt.getAllHeaders()).containsExactly(request.getAllHeaders());
        assertThat(attempt.getConfig()).isSameAs(request.getConfig());
        assertThat(attempt).isNotInstanceOf(HttpEntityEnclosingRequest.class);
    }

    @Test
    void can_have_a_body_where_the_request_can() {
        StringEntity body = new StringEntity("order", StandardCharsets.UTF_8);
        HttpPost request = new HttpPost("http://a.example/");
        request.setEntity(body);

        assertThat(AttemptRequest.like(request, body))
                .isInstanceOfSatisfying(
                        HttpEntityEnclosingRequest.class,
                        attempt -> assertThat(attempt.getEntity()).isSameAs(body));
        assertThat(AttemptRequest.like(new HttpPost("http://a.example/"), null))
                .isInstanceOf(HttpEntityEnclosingRequest.class);
    }

    @Test
    void is_made_of_a_request_line_too() {
        HttpRequestBase attempt = AttemptRequest.like(new BasicHttpRequest("OPTIONS", "/orders?id=1"), null);

        assertThat(attempt.getRequestLine().toString()).isEqualTo("OPTIONS /orders?id=1 HTTP/1.1");
        assertThat(Requests.path(new BasicHttpRequest("GET", "http://a.example/x/y?q")))
                .isEqualTo("/x/y");
    }
}
