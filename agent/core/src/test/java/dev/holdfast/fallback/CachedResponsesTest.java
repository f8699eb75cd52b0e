package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.policy.CachePolicy;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what the cache says of itself, which answers it holds on to, and when it looks into the directory. */
class CachedResponsesTest {
    private static final long ROOM = 1 << 16;

    @TempDir
    Path directory;

    private long now = 1_000_000_000L;
    private final CachedResponses answers = new CachedResponses(() -> now, (what, why) -> {});

    @Test
    void itCountsWhatItWasAskedForAndWhatItHolds() {
        FallbackStrategies fallbackStrategies = new FallbackStrategies((what, why) -> {});
        assertThat(fallbackStrategies.cacheFigures()).isEqualTo(new CacheStats(0, 0, 0, 0, 0, 0, 0));

        keep("/a", "one");
        keep("/b", "two");
        keep("/b", "two again");
        assertThat(given("/a")).isEqualTo("one");
        assertThat(given("/a")).isEqualTo("one");
        assertThat(given("/c")).isNull();
        now += policy("").ttlNanos() / 1_000_000 + 1;
        assertThat(given("/b")).isNull();

        CacheStats figures = answers.figures();
        assertThat(figures.hits()).isEqualTo(2);
        assertThat(figures.misses()).isEqualTo(2);
        assertThat(figures.kept()).isEqualTo(3);
        assertThat(figures.entries()).isEqualTo(2);
        assertThat(figures.evicted()).isZero();
        assertThat(figures.bytes()).isBetween(100L, ROOM);
        assertThat(figures.maxBytes()).isEqualTo(ROOM);
    }

    @Test
    void whatHasToGoIsCounted() {
        for (int i = 0; i < 1_000; i++) {
            keep("/" + i, "text");
        }
        CacheStats figures = answers.figures();
        assertThat(figures.evicted() + figures.entries()).isEqualTo(1_000);
        assertThat(figures.evicted()).isGreaterThan(500);
    }

    @Test
    void anAnswerThatHelpedOnceOutlivesAFloodOfOthers() {
        keep("/wanted", "helpful");
        keep("/unwanted", "never asked for");
        assertThat(given("/wanted")).isEqualTo("helpful");
        for (int i = 0; i < 1_000; i++) {
            keep("/" + i, "text");
        }
        assertThat(given("/wanted")).isEqualTo("helpful");
        assertThat(given("/unwanted")).isNull();
    }

    @Test
    void moreThatHelpedThanThereIsRoomForStaysWithinTheRoom() {
        for (int i = 0; i < 1_000; i++) {
            keep("/" + i, "text");
            assertThat(given("/" + i)).isEqualTo("text");
            assertThat(answers.figures().bytes()).isLessThanOrEqualTo(ROOM);
        }
        assertThat(given("/0")).isNull();
        assertThat(given("/999")).isEqualTo("text");
    }

    @Test
    void anAnswerTooOldGivesWayToTheOneThatAnotherJvmHeardLater() throws IOException {
        CachePolicy policy = policy(directory.resolve("kept").toString());
        keep("/a", "early");
        now += Duration.ofMinutes(50).toMillis();
        write(policy, "late", now);
        assertThat(given("/a", policy)).isEqualTo("early");
        now += Duration.ofMinutes(20).toMillis();
        assertThat(given("/a", policy)).isEqualTo("late");
        assertThat(given("/a", policy("")))
                .as("which is in memory from then on")
                .isEqualTo("late");
    }

    @Test
    void anOlderFileNeverReplacesWhatIsInMemory() throws IOException {
        CachePolicy policy = policy(directory.resolve("kept").toString());
        write(policy, "early", now);
        now += 10_000;
        keep("/a", "late");
        now += 10_000;
        assertThat(given("/a", policy, "Cache-Control", "max-age=5")).isNull();
        assertThat(given("/a", policy)).isEqualTo("late");
    }

    private static void write(CachePolicy policy, String body, long receivedAt) throws IOException {
        StoredResponse response = CacheStrategy.kept(
                request("/a"),
                200,
                new ResponseHead(Map.of()),
                StoredBody.of(body.getBytes(StandardCharsets.UTF_8)),
                receivedAt);
        new DiskCache(Path.of(policy.directory())).write(CacheKey.of(request("/a"), policy), response, ROOM);
    }

    private void keep(String path, String body) {
        ResponseRecording recording = Objects.requireNonNull(answers.record(request(path), 200, Map.of(), policy("")));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        recording.add(bytes, 0, bytes.length);
        recording.complete();
        recording.confirm();
    }

    private @Nullable String given(String path) {
        return given(path, policy(""));
    }

    private @Nullable String given(String path, CachePolicy policy, String... headers) {
        FallbackCandidate.Response found = answers.find(request(path, headers), policy);
        return found == null ? null : new String(found.body().bytes(), StandardCharsets.UTF_8);
    }

    private static FallbackRequest request(String path, String... headers) {
        Map<String, List<String>> map = headers.length == 0 ? Map.of() : Map.of(headers[0], List.of(headers[1]));
        return new FallbackRequest("GET", URI.create("http://api.example.com" + path), map, false, Identity.NOBODY);
    }

    private static CachePolicy policy(String directory) {
        return new CachePolicy(
                Duration.ofHours(1).toNanos(), 1 << 12, Set.of(200), Set.of(), Set.of(), false, ROOM, directory);
    }
}
