package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskCacheWriterTest {
    private static final long ROOM = 1 << 20;

    private static final String KEY = CacheKey.ofValues(List.of("key"));
    private static final String OTHER = CacheKey.ofValues(List.of("other"));

    @TempDir
    Path parent;

    private final AtomicInteger writes = new AtomicInteger();
    private DiskCache files;
    private DiskCacheWriter writer;

    @BeforeEach
    void setUp() {
        files = new DiskCache(parent.resolve("kept")) {
            @Override
            void write(String key, StoredResponse response, long maxBytes) throws IOException {
                writes.incrementAndGet();
                super.write(key, response, maxBytes);
            }
        };
        writer = new DiskCacheWriter(files, (what, why) -> {
            throw new AssertionError(what, why);
        });
    }

    @Test
    void ofTheAnswersToOneRequestOneIsWrittenInASecondAndTheLastInTheEnd() {
        long begin = System.nanoTime();
        for (int i = 0; i <= 2_000; i++) {
            writer.write(KEY, answer("body " + i, "de"), ROOM);
        }
        Awaitility.await().until(() -> bodies(KEY).equals(List.of("body 2000")));
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        assertThat(writes).hasValueLessThanOrEqualTo((int) seconds + 2);
    }

    @Test
    void answersThatDifferByVaryAreBothWritten() {
        writer.write(KEY, answer("eins", "de"), ROOM);
        writer.write(KEY, answer("one", "en"), ROOM);
        Awaitility.await().until(() -> bodies(KEY).containsAll(List.of("eins", "one")));
    }

    @Test
    void whatIsDeletedIsNotWrittenInItsTurn() {
        writer.write(KEY, answer("first", "de"), ROOM);
        Awaitility.await().until(() -> !bodies(KEY).isEmpty());
        writer.write(KEY, answer("second", "de"), ROOM);
        writer.delete(KEY);
        writer.write(OTHER, answer("first", "de"), ROOM);
        Awaitility.await().until(() -> !bodies(OTHER).isEmpty());
        writer.write(OTHER, answer("second", "de"), ROOM); // its turn is behind that of the deleted one
        Awaitility.await().until(() -> bodies(OTHER).equals(List.of("second")));
        assertThat(bodies(KEY)).isEmpty();
    }

    /** The store has let go of them long ago. */
    @Test
    void whatWaitsTakesHalfOfTheRoomAtMost() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch last = new CountDownLatch(1);
        writer = new DiskCacheWriter(
                new DiskCache(parent.resolve("slow")) {
                    @Override
                    void write(String key, StoredResponse response, long maxBytes) {
                        begun.countDown();
                        if (writes.incrementAndGet() == 1) {
                            try {
                                assertThat(goOn.await(10, TimeUnit.SECONDS)).isTrue();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        }
                    }

                    @Override
                    void delete(String key) {
                        last.countDown();
                    }
                },
                (what, why) -> {
                    throw new AssertionError(what, why);
                });
        String body = "x".repeat(100 * 1024);
        writer.write(OTHER, answer(body, "de"), ROOM);
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        for (int i = 0; i < 100; i++) {
            writer.write(CacheKey.ofValues(List.of("key " + i)), answer(body, "de"), ROOM);
        }
        writer.delete(KEY); // the queue is in order
        goOn.countDown();
        assertThat(last.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(writes).hasValue(1 + 5);
    }

    private List<String> bodies(String key) {
        List<StoredResponse> found = files.read(key, ROOM);
        return found == null
                ? List.of()
                : found.stream()
                        .map(response -> new String(response.body().whole().bytes(), StandardCharsets.UTF_8))
                        .toList();
    }

    private static StoredResponse answer(String body, String language) {
        return new StoredResponse(
                200,
                Map.of(),
                StoredBody.of(body.getBytes(StandardCharsets.UTF_8)),
                Map.of("accept-language", language),
                1_000,
                2_000,
                true);
    }
}
