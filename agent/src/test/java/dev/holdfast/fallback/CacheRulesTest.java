package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.Request.Identity;
import dev.holdfast.policy.CachePolicy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept, for whom, and for how long. */
class CacheRulesTest {
    private static final CachePolicy POLICY =
            new CachePolicy(Duration.ofHours(1).toNanos(), 1000, Set.of(200, 203), Set.of("x-region"), 1 << 20, "");

    private long now = 1_000_000_000_000L;
    private final CachedAnswers answers = new CachedAnswers(() -> now, (what, why) -> {});

    private static Request get(String... headers) {
        return request("GET", Identity.NOBODY, headers);
    }

    private static Request request(String method, @Nullable Identity identity, String... headers) {
        return new Request(method, URI.create("http://h/a?b=c#d"), map(headers), false, identity);
    }

    private static Map<String, List<String>> map(String... headers) {
        Map<String, List<String>> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], List.of(headers[i + 1]));
        }
        return map;
    }

    private boolean keep(Request request, int status, String body, String... headers) {
        Recording recording = answers.record(request, status, map(headers), POLICY);
        if (recording == null) {
            return false;
        }
        recording.add(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
        recording.complete();
        recording.confirm();
        return true;
    }

    private @Nullable String given(Request request) {
        Offer.Answer answer = answers.find(request, POLICY);
        return answer == null ? null : new String(answer.body().bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void theSameRequestGetsTheSameAnswerMarkedAndWithItsAge() {
        assertThat(keep(get("Accept", "x"), 200, "good", "X-A", "1", "Connection", "X-B", "X-B", "2", "Age", "3"))
                .isTrue();
        now += 10_999;
        Offer.Answer answer = answers.find(get("Accept", "y"), POLICY);
        assertThat(answer).isNotNull();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers())
                .containsEntry("X-A", List.of("1"))
                .containsEntry("Age", List.of("13"))
                .containsEntry("Content-Length", List.of("4"))
                .containsEntry("Holdfast-Fallback", List.of("cache"))
                .containsEntry("Cache-Status", List.of("holdfast; hit; ttl=-13; detail=origin-failed"))
                .doesNotContainKeys("X-B", "Connection");
    }

    @Test
    void nothingOlderThanConfiguredIsGiven() {
        keep(get(), 200, "good", "Cache-Control", "max-age=100000, stale-if-error=100000");
        now += 3_600_000;
        assertThat(given(get())).isEqualTo("good");
        now += 1;
        assertThat(given(get())).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "Cookie",
                "Proxy-Authorization",
                "X-Api-Key",
                "X-Auth-Token",
                "X-Forwarded-User",
                "X-Tenant",
                "X-Region"
            })
    void oneUsersAnswerIsNeverAnothers(String header) {
        for (List<String> users : List.of(List.of("alice", "bob"), List.of("bob", "alice"))) {
            CachedAnswers fresh = new CachedAnswers(() -> now, (what, why) -> {});
            Request first = get(header, users.get(0));
            Recording recording = fresh.record(first, 200, map(), POLICY);
            recording.complete();
            recording.confirm();
            assertThat(fresh.find(first, POLICY)).isNotNull();
            assertThat(fresh.find(get(header, users.get(1)), POLICY)).isNull();
            assertThat(fresh.find(get(), POLICY)).isNull();
        }
    }

    @Test
    void theClientsOwnCookiesAndCertificatesTellUsersApartToo() {
        Request one = request("GET", new Identity("tls 1", false));
        assertThat(keep(one, 200, "one")).isTrue();
        assertThat(given(request("GET", new Identity("tls 2", false)))).isNull();
        assertThat(given(get())).isNull();
        assertThat(given(one)).isEqualTo("one");
        assertThat(keep(request("GET", null), 200, "unknown")).isFalse();
        assertThat(given(request("GET", null))).isNull();
    }

    @Test
    void anAnswerThatVariesIsGivenToItsLike() {
        keep(get("Accept-Language", "fr"), 200, "bonjour", "Vary", "Accept-Language, X-None");
        keep(get("Accept-Language", "en"), 200, "hello", "Vary", "accept-language , x-none");
        assertThat(given(get("accept-language", "fr"))).isEqualTo("bonjour");
        assertThat(given(get("Accept-Language", "en"))).isEqualTo("hello");
        assertThat(given(get("Accept-Language", "de"))).isNull();
        assertThat(given(get())).isNull();
        assertThat(keep(get(), 200, "any", "Vary", "*")).isFalse();
        assertThat(keep(get(), 200, "any", "Vary", "Accept, *")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "no-store",
                "No-Store, max-age=60",
                "no-cache",
                "no-cache=\"X-A\"",
                "private",
                "must-revalidate",
                "max-age=0, must-revalidate",
            })
    void whatSaysThatItMustNotBeKeptIsNot(String control) {
        assertThat(keep(get(), 200, "x", "Cache-Control", control)).isFalse();
    }

    @Test
    void aPrivateAnswerIsKeptForItsUserOnly() {
        assertThat(keep(get("Authorization", "a"), 200, "mine", "Cache-Control", "private"))
                .isTrue();
        assertThat(given(get("Authorization", "a"))).isEqualTo("mine");
        assertThat(given(get("Authorization", "b"))).isNull();
    }

    @Test
    void whatSetsACookieIsKeptOnlyIfItIsPublicAndWithoutTheCookie() {
        assertThat(keep(get(), 200, "x", "Set-Cookie", "s=1")).isFalse();
        assertThat(keep(get(), 200, "x", "Set-Cookie", "s=1", "Cache-Control", "public"))
                .isTrue();
        Offer.Answer answer = answers.find(get(), POLICY);
        assertThat(answer).isNotNull();
        assertThat(answer.headers()).doesNotContainKey("Set-Cookie");
    }

    @Test
    void requestsThatAreNotPlainAreLeftAlone() {
        assertThat(keep(get("Cache-Control", "no-store"), 200, "x")).isFalse();
        assertThat(keep(get("Range", "bytes=0-1"), 200, "x")).isFalse();
        assertThat(keep(request("POST", Identity.NOBODY), 200, "x")).isFalse();
        Request withBody = new Request("GET", URI.create("http://h/a"), Map.of(), true, Identity.NOBODY);
        assertThat(keep(withBody, 200, "x")).isFalse();
        assertThat(keep(get(), 404, "x")).isFalse();
        assertThat(keep(get(), 200, "x", "Holdfast-Fallback", "cache")).isFalse();
        keep(get(), 200, "good");
        assertThat(given(get("Cache-Control", "no-store"))).isNull();
        assertThat(given(get("Cache-Control", "no-cache"))).isNull();
        assertThat(given(get("Range", "bytes=0-1"))).isNull();
        assertThat(given(request("HEAD", Identity.NOBODY))).isNull();
        assertThat(given(get())).isEqualTo("good");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the answer's | the request's | given after 59 s, 61 s, 100 s
                "max-age=60 | | true | true | true",
                "max-age=60, must-revalidate | | true | false | false",
                "max-age=60, stale-if-error=20 | | true | true | false",
                "max-age=60, stale-if-error=0 | | true | false | false",
                "max-age=60, stale-if-error=nonsense | | true | false | false",
                "max-age=60 | stale-if-error=20 | true | true | false",
                "max-age=60 | max-age=60 | true | false | false",
                "max-age=60 | max-stale=20 | true | true | false",
                "max-age=60 | max-stale | true | true | true",
                "max-age=60 | min-fresh=1 | true | false | false",
                "max-age=nonsense, stale-if-error=70 | | true | true | false",
            })
    void howStaleItMayBeIsSaidByBothSides(String control, @Nullable String asked, boolean a, boolean b, boolean c) {
        Request request = asked == null ? get() : get("Cache-Control", asked);
        assertThat(keep(get(), 200, "x", "Cache-Control", control)).isTrue();
        now += 59_000;
        assertThat(given(request) != null).as("59 s").isEqualTo(a);
        now += 2_000;
        assertThat(given(request) != null).as("61 s").isEqualTo(b);
        now += 39_000;
        assertThat(given(request) != null).as("100 s").isEqualTo(c);
    }

    @Test
    void expiresCountsFromTheDateOfTheAnswer() {
        keep(
                get(),
                200,
                "x",
                "Date",
                "Tue, 03 Nov 2026 10:00:00 GMT",
                "Expires",
                "Tue, 03 Nov 2026 10:01:00 GMT",
                "Cache-Control",
                "must-revalidate");
        now += 60_000;
        assertThat(given(get())).isEqualTo("x");
        now += 1_000;
        assertThat(given(get())).isNull();
    }

    @Test
    void bodiesThatAreTooLargeOrIncompleteAreNotKept() {
        assertThat(keep(get(), 200, "x", "Content-Length", "1001")).isFalse();
        keep(get(), 200, "x".repeat(1001));
        assertThat(given(get())).isNull();
        Recording broken = answers.record(get(), 200, map(), POLICY);
        broken.add(new byte[] {1}, 0, 1);
        broken.confirm();
        assertThat(given(get())).isNull();
        Recording doubtful = answers.record(get(), 200, map(), POLICY);
        doubtful.complete();
        assertThat(given(get())).isNull();
        keep(get(), 200, "x".repeat(1000));
        assertThat(given(get())).hasSize(1000);
    }

    @Test
    void aHundredThousandUrisStayWithinTheBoundAndPushOutNothingThatIsAskedForOften() {
        Request wanted = get();
        keep(wanted, 200, "wanted");
        keep(wanted, 200, "wanted");
        for (int i = 0; i < 100_000; i++) {
            Request request = new Request("GET", URI.create("http://h/" + i), Map.of(), false, Identity.NOBODY);
            keep(request, 200, "some text that is not short");
            if (i % 1000 == 0) {
                assertThat(answers.figures().bytes()).isLessThanOrEqualTo(1 << 20);
            }
        }
        assertThat(answers.figures().bytes()).isBetween(1L << 19, 1L << 20);
        assertThat(given(wanted)).isEqualTo("wanted");
    }
}
