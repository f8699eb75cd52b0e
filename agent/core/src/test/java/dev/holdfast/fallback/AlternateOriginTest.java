package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.DegradedPolicy;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests where a request goes in place of its own origin, and what of it goes along. */
class AlternateOriginTest {
    private static final String MIRROR = "https://mirror.example/m";

    @ParameterizedTest
    @CsvSource({
        "/a, /a",
        "/a?q=1%20&b=2, /a?q=1%20&b=2",
        "/a?, /a",
        "/v1/x?access_token=s3cret&api_key=s3cret&sig=s3cret, /v1/x",
        "/a?q=1&access_token=s3cret, /a?q=1",
        "/a?access_token=s3cret&q=1, /a?q=1",
        "/a?b=2&access_token=s3cret&q=1, /a?b=2&q=1",
        "/a?b=2;access_token=s3cret;q=1, /a?b=2;q=1",
        "/a?access%5Ftoken=s3cret&q=1, /a?q=1",
        "/a?access%255Ftoken=s3cret&q=1, /a?q=1",
        "/a?ACCESS_TOKEN=s3cret&q=1, /a?q=1",
        "/a?token&q=1, /a?q=1",
        "/a?pw=s3cret&q=1, /a?q=1",
        "/a?x=1&x=2&&y=, /a?x=1&x=2&&y=",
        "/a;jsessionid=s3cret/b;v=1?q=1, /a/b;v=1?q=1",
        "/a?id=550e8400-e29b-41d4-a716-446655440000, /a?id=550e8400-e29b-41d4-a716-446655440000",
        "/a?since=2026-01-01T00:00:00Z&title=a-long-title-of-2026-with-words,"
                + " /a?since=2026-01-01T00:00:00Z&title=a-long-title-of-2026-with-words",
        "/a?url=https%3A%2F%2Fx.example%2F%3Fq%3D1, /a?url=https%3A%2F%2Fx.example%2F%3Fq%3D1",
    })
    void parameters_that_are_credentials_stay_behind(String request, String expected) {
        assertThat(target(request, policy(false))).isEqualTo(MIRROR + expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/a?key=s3cret",
                "/a?code=s3cret&q=1",
                "/a?page_token=s3cret",
                "/a?appid=0123456789abcdef0123456789abcdef",
                "/a?x=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.abc",
                "/a?0123456789abcdefghij",
                "/a?redirect=https%3A%2F%2Fx.example%2F%3Faccess_token%3Ds3cret",
                "/a?redirect=https%253A%252F%252Fx.example%252F%253Faccess_token%253Ds3cret",
                "/a;key=s3cret",
                "/a?filter=%7B%22password%22%3A%22s3cret%22%7D",
                "/a?q=a,code:s3cret",
                "/a?magic=s3cret",
            })
    void a_request_with_what_may_be_one_does_not_go(String request) {
        assertThat(AlternateOrigin.of(policy(false), URI.create("https://api.example" + request)))
                .isNull();
        assertThat(target(request, policy(true))).isEqualTo(MIRROR + request);
    }

    @Test
    void the_whole_query_goes_where_that_is_asked_for() {
        assertThat(target("/a;jsessionid=1?access_token=s3cret&&q=%41", policy(true)))
                .isEqualTo(MIRROR + "/a;jsessionid=1?access_token=s3cret&&q=%41");
    }

    @Test
    void headers_go_by_a_list_of_the_harmless() {
        DegradedPolicy policy = new DegradedPolicy(MIRROR, 1, false, Set.of("x-version"), false, Set.of(200));
        for (String name : List.of("Accept", "accept-language", "Content-Type", "If-Match", "Range", "X-Version")) {
            assertThat(AlternateOrigin.goesAlong(name, policy)).as(name).isTrue();
        }
        for (String name : List.of(
                "Host", "Authorization", "X-Consumer-ID", "X-Anything", "traceparent", "Forwarded", "Referer")) {
            assertThat(AlternateOrigin.goesAlong(name, policy)).as(name).isFalse();
        }
    }

    @Test
    void with_credentials_all_headers_go_but_the_host() {
        DegradedPolicy policy = new DegradedPolicy(MIRROR, 1, true);
        assertThat(AlternateOrigin.goesAlong("Authorization", policy)).isTrue();
        assertThat(AlternateOrigin.goesAlong("X-Anything", policy)).isTrue();
        assertThat(AlternateOrigin.goesAlong("HOST", policy)).isFalse();
    }

    @Test
    void from_https_to_http_no_credentials_go_whatever_is_asked_for() {
        DegradedPolicy all = new DegradedPolicy(
                "http://mirror.example", 1, true, Set.of("authorization", "x-version"), true, Set.of(200));
        FallbackCandidate.AlternateOriginRequest offer = offer(all, "https://api.example/a?access_token=s3cret&q=1");
        assertThat(offer.uri()).hasToString("http://mirror.example/a?q=1");
        assertThat(offer.policy().forwardCredentials()).isFalse();
        assertThat(AlternateOrigin.goesAlong("Authorization", offer.policy())).isFalse();
        assertThat(AlternateOrigin.goesAlong("X-Version", offer.policy())).isTrue();

        assertThat(offer(all, "http://api.example/a?access_token=s3cret").uri())
                .hasToString("http://mirror.example/a?access_token=s3cret");
        for (String local : List.of("http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1")) {
            DegradedPolicy here = new DegradedPolicy(local, 1, true, Set.of(), true, Set.of(200));
            assertThat(offer(here, "https://api.example/a").policy().forwardCredentials())
                    .as(local)
                    .isTrue();
        }
        for (String alternateOrigin : List.of("http://127.evil.example", "http://localhost.example")) {
            DegradedPolicy there = new DegradedPolicy(alternateOrigin, 1, true, Set.of(), true, Set.of(200));
            assertThat(offer(there, "https://api.example/a").policy().forwardCredentials())
                    .as(alternateOrigin)
                    .isFalse();
        }
    }

    private static DegradedPolicy policy(boolean forwardQuery) {
        return new DegradedPolicy(MIRROR + "/", 1, false, Set.of(), forwardQuery, Set.of(200));
    }

    private static String target(String request, DegradedPolicy policy) {
        return offer(policy, "https://api.example" + request).uri().toString();
    }

    private static FallbackCandidate.AlternateOriginRequest offer(DegradedPolicy policy, String request) {
        FallbackCandidate.AlternateOriginRequest offer = AlternateOrigin.of(policy, URI.create(request));
        assertThat(offer).as(request).isNotNull();
        return offer;
    }
}
