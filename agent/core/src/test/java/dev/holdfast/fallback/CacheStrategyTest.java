package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.policy.CachePolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what is kept, for whom, and for how long. */
class CacheStrategyTest {
    private static final CachePolicy POLICY = policy(false);

    private long now = 1_000_000_000_000L;
    private final CachedResponses answers = new CachedResponses(() -> now, (what, why) -> {});

    private static CachePolicy policy(boolean keepPrivate) {
        return new CachePolicy(
                Duration.ofHours(1).toNanos(),
                1000,
                Set.of(200, 203),
                Set.of("x-request-id"),
                Set.of("x-ignored"),
                keepPrivate,
                1 << 20,
                "");
    }

    private static FallbackRequest get(String... headers) {
        return request("GET", Identity.NOBODY, headers);
    }

    private static FallbackRequest request(String method, @Nullable Identity identity, String... headers) {
        return new FallbackRequest(method, URI.create("http://h/a?b=c#d"), map(headers), false, identity);
    }

    private static Map<String, List<String>> map(String... headers) {
        Map<String, List<String>> map = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.put(headers[i], List.of(headers[i + 1]));
        }
        return map;
    }

    private boolean keep(FallbackRequest request, int status, String body, String... headers) {
        ResponseRecording recording = answers.record(request, status, map(headers), POLICY);
        if (recording == null) {
            return false;
        }
        if (!recording.isOfBody()) {
            recording.confirm();
            return false;
        }
        recording.add(ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
        recording.complete();
        recording.confirm();
        return true;
    }

    private @Nullable String given(FallbackRequest request) {
        FallbackCandidate.Response response = answers.find(request, POLICY);
        return response == null ? null : new String(response.body().bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void theSameRequestGetsTheSameAnswerMarkedAndWithItsAge() {
        assertThat(keep(
                        get("User-Agent", "x"),
                        200,
                        "good",
                        "X-A",
                        "1",
                        "Connection",
                        "X-B",
                        "X-B",
                        "2",
                        "Age",
                        "3",
                        "Proxy-Authorization",
                        "x"))
                .isTrue();
        now += 10_999;
        FallbackCandidate.Response response = answers.find(get("User-Agent", "y"), POLICY);
        assertThat(response).isNotNull();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.headers())
                .containsEntry("X-A", List.of("1"))
                .containsEntry("Age", List.of("13"))
                .containsEntry("Content-Length", List.of("4"))
                .containsEntry("Holdfast-Fallback", List.of("cache"))
                .containsEntry("Cache-Status", List.of("holdfast; hit; ttl=-13; detail=origin-failed"))
                .doesNotContainKeys("X-B", "Connection", "Proxy-Authorization");
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
                "X-Consumer-ID",
                "Accept",
                "Accept-Language",
                "Accept-Encoding",
                "Host",
                "Baggage",
                "X-Request-Id"
            })
    void oneUsersAnswerIsNeverAnothers(String header) {
        for (List<String> users : List.of(List.of("alice", "bob"), List.of("bob", "alice"))) {
            CachedResponses fresh = new CachedResponses(() -> now, (what, why) -> {});
            FallbackRequest first = get(header, users.get(0));
            ResponseRecording recording = fresh.record(first, 200, map(), POLICY);
            recording.complete();
            recording.confirm();
            assertThat(fresh.find(first, POLICY)).isNotNull();
            assertThat(fresh.find(get(header, users.get(1)), POLICY)).isNull();
            assertThat(fresh.find(get(), POLICY)).isNull();
        }
    }

    @Test
    void theClientsOwnCookiesAndCertificatesTellUsersApartToo() {
        FallbackRequest one = request("GET", new Identity("tls 1", false));
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
                "no-store;max-age=1",
                "max-age=60 no-store",
                "max-age=60, \"no-store",
                "max-age=60, private=\"a",
                "max-age=60, max-age=61",
                "max-age = 60",
                "max-age=60; private",
                "public=, max-age=60",
                "/",
                "max-age=0, must-revalidate",
            })
    void whatSaysThatItMustNotBeKeptIsNot(String control) {
        assertThat(keep(get(), 200, "x", "Cache-Control", control)).isFalse();
    }

    @Test
    void aPrivateAnswerIsKeptOnlyWhereTheConfigurationSaysSoAndForItsUserOnly() {
        FallbackRequest alice = get("Authorization", "a");
        assertThat(keep(alice, 200, "mine", "Cache-Control", "private")).isFalse();
        assertThat(keep(alice, 200, "mine", "Cache-Control", "private=\"X-Field\", max-age=60"))
                .isFalse();
        ResponseRecording recording = answers.record(alice, 200, map("Cache-Control", "private"), policy(true));
        recording.complete();
        recording.confirm();
        assertThat(answers.find(alice, policy(true))).isNotNull();
        assertThat(answers.find(get("Authorization", "b"), policy(true))).isNull();
        assertThat(given(alice)).as("after the configuration changed").isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"User-Agent", "traceparent", "X-B3-TraceId", "If-None-Match", "Date", "X-Ignored"})
    void whatCannotChooseAnAnswerIsNoPartOfTheKey(String header) {
        assertThat(keep(get(header, "one"), 200, "good")).isTrue();
        assertThat(given(get(header, "two"))).isEqualTo("good");
        assertThat(given(get())).isEqualTo("good");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Pragma | no-cache",
                "WWW-Authenticate | Negotiate oRQ=",
                "Authentication-Info | nextnonce=1",
                "Set-Cookie2 | s=1",
                "Content-Range | bytes 0-1/2",
                "Vary | Accept Language",
                "'Cache-Control ' | private",
                "'' | Cache-Control : private",
                "Content-Type | text/event-stream; charset=utf-8",
            })
    void headersBesideCacheControlForbidItToo(String name, String value) {
        assertThat(keep(get(), 200, "x", name, value)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403, 404, 405, 410, 451, 204, 206})
    void anAnswerThatRevokesTheOneBeforeLeavesNothing(int status) {
        keep(get(), 200, "good");
        keep(request("HEAD", Identity.NOBODY), 200, "");
        keep(get("Authorization", "b"), 200, "of bob");
        assertThat(keep(get(), status, "")).isFalse();
        assertThat(given(get())).isNull();
        assertThat(given(request("HEAD", Identity.NOBODY))).isNull();
        assertThat(given(get("Authorization", "b"))).isEqualTo("of bob");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308, 400, 408, 412, 425, 429, 500, 502, 503, 504})
    void anAnswerThatSaysNothingOfTheOneBeforeLeavesIt(int status) {
        keep(get(), 200, "good");
        assertThat(keep(get(), status, "")).isFalse();
        assertThat(given(get())).isEqualTo("good");
    }

    @Test
    void aNewerAnswerThatMustNotBeStoredTakesTheOneBeforeAlong() {
        for (String control : List.of("no-store", "no-cache", "private", "no-store;max-age=1")) {
            assertThat(keep(get(), 200, "good")).isTrue();
            assertThat(keep(get(), 200, "newer", "Cache-Control", control)).isFalse();
            assertThat(given(get())).as(control).isNull();
        }
        keep(get(), 200, "good");
        assertThat(keep(get(), 200, "too large", "Content-Length", "1001")).isFalse();
        assertThat(keep(get(), 200, "of our own kind", "Holdfast-Fallback", "cache"))
                .isFalse();
        assertThat(given(get())).isEqualTo("good");
        assertThat(keep(get("Range", "bytes=0-1"), 403, "")).isFalse();
        assertThat(given(get())).isNull();
    }

    @Test
    void whatAnAnswerSaysThatTurnsOutToBeAnotherUrlsIsNotHeard() {
        keep(get(), 200, "good");
        ResponseRecording login = answers.record(get(), 200, map("Cache-Control", "no-store"), POLICY);
        login.cancel();
        login.confirm();
        assertThat(given(get())).isEqualTo("good");
    }

    @Test
    void theListOfWhatIsIgnoredIsDocumented() throws IOException {
        List<String> listed = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("../../docs/cache.md"))) {
            if (line.startsWith("| ") && !line.startsWith("| what for")) {
                Matcher names = Pattern.compile("`([^`]+)`").matcher(line);
                while (names.find()) {
                    listed.add(names.group(1));
                }
            }
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(HarmlessHeaders.names());
    }

    @Test
    void anAnswerThatWasOnItsWayWhenItWasRevokedIsNotKept() {
        ResponseRecording slow = answers.record(get(), 200, map(), POLICY);
        slow.add(ByteBuffer.wrap(new byte[10]));
        assertThat(keep(get(), 403, "")).isFalse();
        slow.complete();
        slow.confirm();
        assertThat(given(get())).isNull();
        // So many others were revoked since, that it is not known any more which.
        ResponseRecording slower = answers.record(get("X-A", "1"), 200, map(), POLICY);
        assertThat(keep(get("X-A", "1"), 403, "")).isFalse();
        for (int i = 0; i < 2_000; i++) {
            keep(get("X-A", "other " + i), 403, "");
        }
        slower.complete();
        slower.confirm();
        assertThat(given(get("X-A", "1"))).isNull();
        keep(get("X-A", "1"), 200, "again");
        assertThat(given(get("X-A", "1"))).isEqualTo("again");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ETag | \"1\" | If-None-Match | \"1\" | ETag | \"1\" | true",
                "ETag | \"1\" | If-None-Match | \"1\", \"2\" | ETag | \"2\" | false",
                "ETag | \"1\" | If-None-Match | \"1\" | X-Any | 1 | true",
                "ETag | \"1\" | If-None-Match | \"2\" | X-Any | 1 | false",
                "Last-Modified | yesterday | If-Modified-Since | yesterday | X-Any | 1 | true",
                "Last-Modified | yesterday | If-Modified-Since | today | X-Any | 1 | false",
                "Last-Modified | yesterday | If-Modified-Since | today | Last-Modified | yesterday | true",
            })
    void aNotModifiedFreshensWhatItSpeaksOf(
            String stored, String value, String condition, String asked, String said, String what, boolean fresh) {
        keep(get(), 200, "good", stored, value, "Content-Type", "text/plain", "X-Version", "1");
        now += 3_000_000;
        assertThat(keep(get(condition, asked), 304, "", said, what, "X-Version", "2", "Content-Type", "text/html"))
                .isFalse();
        now += 3_000_000;
        assertThat(given(get()) != null).as("past its time without the 304").isEqualTo(fresh);
        if (fresh) {
            assertThat(answers.find(get(), POLICY).headers())
                    .containsEntry("X-Version", List.of("2"))
                    .containsEntry("Content-Type", List.of("text/plain"))
                    .containsEntry("Age", List.of("3000"));
            assertThat(keep(get(condition, asked), 304, "", "Cache-Control", "no-store"))
                    .isFalse();
            assertThat(given(get())).isNull();
        }
    }

    @Test
    void whatSetsACookieIsKeptOnlyIfItIsPublicAndWithoutTheCookie() {
        assertThat(keep(get(), 200, "x", "Set-Cookie", "s=1")).isFalse();
        assertThat(keep(get(), 200, "x", "Set-Cookie", "s=1", "Cache-Control", "public"))
                .isTrue();
        FallbackCandidate.Response response = answers.find(get(), POLICY);
        assertThat(response).isNotNull();
        assertThat(response.headers()).doesNotContainKey("Set-Cookie");
    }

    /** The sender of a document describes it, and who asks for it does not. */
    @Test
    void whatIsChangedIsForgottenWhateverTheRequestSaysOfItsContent() {
        keep(get("Accept", "a"), 200, "old");
        keep(get("Accept", "b"), 200, "other");
        answers.invalidate(
                request(
                        "PUT",
                        Identity.NOBODY,
                        "Accept",
                        "a",
                        "Content-Type",
                        "text/plain",
                        "If-Match",
                        "\"1\"",
                        "Idempotency-Key",
                        "k"),
                204,
                POLICY);
        assertThat(given(get("Accept", "a"))).isNull();
        assertThat(given(get("Accept", "b"))).isEqualTo("other");
    }

    @Test
    void requestsThatAreNotPlainAreLeftAlone() {
        assertThat(keep(get("Cache-Control", "no-store"), 200, "x")).isFalse();
        assertThat(keep(get("Cache-Control", "max-age=\""), 200, "x")).isFalse();
        assertThat(keep(get("Range", "bytes=0-1"), 200, "x")).isFalse();
        assertThat(keep(request("POST", Identity.NOBODY), 200, "x")).isFalse();
        FallbackRequest withBody =
                new FallbackRequest("GET", URI.create("http://h/a"), Map.of(), true, Identity.NOBODY);
        assertThat(keep(withBody, 200, "x")).isFalse();
        assertThat(keep(get(), 404, "x")).isFalse();
        assertThat(keep(get(), 200, "x", "Holdfast-Fallback", "cache")).isFalse();
        keep(get(), 200, "good");
        assertThat(given(get("Cache-Control", "no-store"))).isNull();
        assertThat(given(get("Cache-Control", "no-cache"))).isNull();
        assertThat(given(get("Cache-Control", "max-age=9 no-cache"))).isNull();
        assertThat(given(get("Pragma", "no-cache"))).isNull();
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
        FallbackRequest request = asked == null ? get() : get("Cache-Control", asked);
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
        ResponseRecording broken = answers.record(get(), 200, map(), POLICY);
        broken.add(new byte[] {1}, 0, 1);
        broken.confirm();
        assertThat(given(get())).isNull();
        ResponseRecording doubtful = answers.record(get(), 200, map(), POLICY);
        doubtful.complete();
        assertThat(given(get())).isNull();
        keep(get(), 200, "x".repeat(1000));
        assertThat(given(get())).hasSize(1000);
    }

    @Test
    void aHundredThousandUrisStayWithinTheBoundAndPushOutNothingThatIsAskedForOften() {
        FallbackRequest wanted = get();
        keep(wanted, 200, "wanted");
        keep(wanted, 200, "wanted");
        for (int i = 0; i < 100_000; i++) {
            FallbackRequest request =
                    new FallbackRequest("GET", URI.create("http://h/" + i), Map.of(), false, Identity.NOBODY);
            keep(request, 200, "some text that is not short");
            if (i % 1000 == 0) {
                assertThat(answers.figures().bytes()).isLessThanOrEqualTo(1 << 20);
            }
        }
        assertThat(answers.figures().bytes()).isBetween(1L << 19, 1L << 20);
        assertThat(given(wanted)).isEqualTo("wanted");
    }
}
