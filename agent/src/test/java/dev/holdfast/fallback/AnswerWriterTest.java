package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerWriterTest {
    private static final long ROOM = 1 << 20;

    @TempDir
    Path parent;

    private final AtomicInteger writes = new AtomicInteger();
    private AnswerFiles files;
    private AnswerWriter writer;

    @BeforeEach
    void setUp() {
        files = new AnswerFiles(parent.resolve("kept")) {
            @Override
            void write(String key, KeptAnswer answer, long maxBytes) throws IOException {
                writes.incrementAndGet();
                super.write(key, answer, maxBytes);
            }
        };
        writer = new AnswerWriter(files, (what, why) -> {
            throw new AssertionError(what, why);
        });
    }

    @Test
    void ofTheAnswersToOneRequestOneIsWrittenInASecondAndTheLastInTheEnd() {
        long begin = System.nanoTime();
        for (int i = 0; i <= 2_000; i++) {
            writer.write("key", answer("body " + i, "de"), ROOM);
        }
        Awaitility.await().until(() -> bodies("key").equals(List.of("body 2000")));
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        assertThat(writes).hasValueLessThanOrEqualTo((int) seconds + 2);
    }

    @Test
    void answersThatDifferByVaryAreBothWritten() {
        writer.write("key", answer("eins", "de"), ROOM);
        writer.write("key", answer("one", "en"), ROOM);
        Awaitility.await().until(() -> bodies("key").containsAll(List.of("eins", "one")));
    }

    @Test
    void whatIsDeletedIsNotWrittenInItsTurn() {
        writer.write("key", answer("first", "de"), ROOM);
        Awaitility.await().until(() -> !bodies("key").isEmpty());
        writer.write("key", answer("second", "de"), ROOM);
        writer.delete("key");
        writer.write("other", answer("first", "de"), ROOM);
        Awaitility.await().until(() -> !bodies("other").isEmpty());
        writer.write("other", answer("second", "de"), ROOM); // its turn is behind that of the deleted one
        Awaitility.await().until(() -> bodies("other").equals(List.of("second")));
        assertThat(bodies("key")).isEmpty();
    }

    private List<String> bodies(String key) {
        List<KeptAnswer> found = files.read(key, ROOM);
        return found == null
                ? List.of()
                : found.stream()
                        .map(answer -> new String(answer.body().whole().bytes(), StandardCharsets.UTF_8))
                        .toList();
    }

    private static KeptAnswer answer(String body, String language) {
        return new KeptAnswer(
                200,
                Map.of(),
                Body.of(body.getBytes(StandardCharsets.UTF_8)),
                Map.of("accept-language", language),
                1_000,
                2_000,
                true);
    }
}
