package dev.holdfast.client.apache4;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.apache.http.Header;
import org.apache.http.HttpEntityEnclosingRequest;
import org.apache.http.HttpVersion;
import org.apache.http.client.methods.HttpRequestBase;
import org.apache.http.entity.StringEntity;
import org.apache.http.message.BasicHeader;
import org.apache.http.message.BasicHttpRequest;
import org.junit.jupiter.api.Test;

class AlternateRequestTest {
    private static final URI ELSEWHERE = URI.create("http://b.example/orders?id=1");
    private static final Header[] HEADERS = {new BasicHeader("Accept", "a"), new BasicHeader("Accept", "b")};

    @Test
    void says_the_same_elsewhere() {
        HttpRequestBase request = AlternateRequest.of("GET", ELSEWHERE, HttpVersion.HTTP_1_0, HEADERS, null);

        assertThat(request.getRequestLine().toString()).isEqualTo("GET http://b.example/orders?id=1 HTTP/1.0");
        assertThat(request.getAllHeaders()).containsExactly(HEADERS);
        assertThat(request).isNotInstanceOf(HttpEntityEnclosingRequest.class);
    }

    @Test
    void can_have_a_body_where_the_request_has_one() {
        StringEntity body = new StringEntity("order", StandardCharsets.UTF_8);

        assertThat(AlternateRequest.of("PUT", ELSEWHERE, HttpVersion.HTTP_1_1, HEADERS, body))
                .isInstanceOfSatisfying(
                        HttpEntityEnclosingRequest.class,
                        request -> assertThat(request.getEntity()).isSameAs(body));
    }

    @Test
    void the_path_of_a_request_line_is_known() {
        assertThat(Requests.path(new BasicHttpRequest("GET", "http://a.example/x/y?q")))
                .isEqualTo("/x/y");
    }
}
