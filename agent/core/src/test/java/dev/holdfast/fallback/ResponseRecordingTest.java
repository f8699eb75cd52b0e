package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fallback.ResponseRecording.Memory;
import dev.holdfast.policy.CachePolicy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests how a body is recorded, in what memory, and what a failure in that costs. */
class ResponseRecordingTest {
    private static final int ROOM = 4 << 20;
    private static final int LARGEST = 1 << 20;
    private static final CachePolicy POLICY =
            new CachePolicy(Duration.ofHours(1).toNanos(), LARGEST, Set.of(200), Set.of(), Set.of(), false, ROOM, "");

    private final List<String> reports = new ArrayList<>();
    private final CachedResponses answers =
            new CachedResponses(() -> 1_000_000, (what, why) -> reports.add(what + " " + why));

    @Property(tries = 200)
    void whateverItsSizeAndPartsABodyIsKeptAsItCame(
            @ForAll @Size(max = 20) List<@IntRange(max = 40_000) Integer> parts, @ForAll boolean said) {
        int length = parts.stream().mapToInt(Integer::intValue).sum();
        byte[] body = body(length, length);
        // Twice: the second time in what the first leaves.
        for (int round = 0; round < 3; round++) {
            ResponseRecording recording = record("/", said ? length : 0);
            int at = 0;
            for (int part : parts) {
                if (round % 2 == 0) {
                    recording.add(body, at, part);
                } else {
                    ByteBuffer buffer = ByteBuffer.wrap(body, at, part);
                    recording.add(buffer);
                    assertThat(buffer.remaining()).isEqualTo(part);
                }
                at += part;
            }
            recording.complete();
            recording.confirm();
        }
        assertThat(given("/")).isEqualTo(body);
        assertThat(reports).isEmpty();
    }

    @Test
    void nothingThatWasGivenChangesWhenOthersAreRecorded() {
        byte[] first = body(70_000, 1);
        keep("/a", first);
        keep("/b", body(70_000, 2));
        byte[] given = Objects.requireNonNull(given("/a"));
        for (int i = 0; i < 20; i++) {
            keep("/a", body(70_000, i));
            keep("/b", body(70_000, i));
        }
        assertThat(given).isEqualTo(first);
    }

    @Test
    void whatComesAfterTheEndReachesNobodyElsesAnswer() {
        keep("/a", body(ResponseRecording.PIECE, 1));
        keep("/a", body(ResponseRecording.PIECE, 2));
        ResponseRecording first = record("/b", 0);
        first.add(body(100, 3), 0, 100);
        first.complete();
        first.confirm();
        ResponseRecording second = record("/c", 0);
        byte[] body = body(1_000, 4);
        second.add(body, 0, 1_000);
        first.add(body(1_000, 5), 0, 1_000);
        second.complete();
        second.confirm();

        assertThat(given("/c")).isEqualTo(body);
        assertThat(given("/b")).isEqualTo(body(100, 3));
        assertThat(reports).isEmpty();
    }

    @Test
    void whatNobodySawIsUsedAgain() {
        Spies spies = new Spies();
        for (int i = 0; i < 100; i++) {
            spies.keep("/a", body(4 * ResponseRecording.PIECE, i));
            assertThat(spies.given("/b")).isNull();
        }
        assertThat(spies.made).as("pieces for two bodies in turn").isEqualTo(8);
    }

    @Test
    void whatIsTooLargeGivesItsMemoryBack() {
        Spies spies = new Spies();
        spies.keep("/small", body(10, 1));
        int before = spies.made;
        for (int i = 0; i < 100; i++) {
            ResponseRecording recording = spies.record();
            recording.add(body(10 * ResponseRecording.PIECE, i), 0, 10 * ResponseRecording.PIECE);
            recording.add(body(LARGEST, i), 0, LARGEST);
            assertThat(recording.held()).isZero();
            recording.complete();
            recording.confirm();
        }
        assertThat(spies.made - before).isEqualTo(10);
        assertThat(spies.given("/")).isNull();
    }

    @Test
    void memoryThatIsHeldForOthersCountsTowardsTheRoom() {
        for (int i = 0; i < 500; i++) {
            keep("/" + i % 60, body(64 * 1024, i));
        }
        assertThat(answers.figures().bytes()).isLessThanOrEqualTo(ROOM - ROOM / 16);
        assertThat(given("/" + 499 % 60)).isEqualTo(body(64 * 1024, 499));
    }

    @Test
    void aFailureInsideIsReportedAndCostsTheAnswerAlone() {
        List<Throwable> defects = new ArrayList<>();
        ResponseRecording recording = new ResponseRecording(
                body -> {
                    throw new IllegalStateException("no store");
                },
                defects::add,
                new ResponseCache(),
                0,
                1000);
        recording.add(body(10, 1), 0, 10);
        recording.complete();
        recording.confirm();
        assertThat(defects).singleElement().satisfies(e -> assertThat(e).hasMessage("no store"));

        ResponseRecording without = new ResponseRecording(body -> {}, defects::add, new NoMemory(), 0, 1000);
        without.add(ByteBuffer.wrap(body(10, 1)));
        without.complete();
        without.confirm();
        assertThat(defects).hasSize(2).last().isInstanceOf(OutOfMemoryError.class);
    }

    @Test
    void recordingsUnderWayCountAndTheLargestIsGivenUp() {
        List<ResponseRecording> open = new ArrayList<>();
        long mostBytes = 0;
        for (int i = 0; i < 200; i++) {
            ResponseRecording recording = record("/open" + i, 0);
            for (int piece = 0; piece <= i % 8; piece++) {
                recording.add(body(ResponseRecording.PIECE, i), 0, ResponseRecording.PIECE);
            }
            open.add(recording);
            long held = open.stream().mapToLong(ResponseRecording::held).sum();
            assertThat(held).isLessThanOrEqualTo(ROOM / 2);
            assertThat(answers.figures().bytes()).isBetween(held, (long) ROOM);
            mostBytes = Math.max(mostBytes, held);
        }
        assertThat(mostBytes).as("as many as there is room for").isGreaterThan(ROOM / 3);
        ResponseRecording small = record("/small", 100);
        small.add(body(100, 1), 0, 100);
        small.complete();
        small.confirm();
        assertThat(given("/small")).isEqualTo(body(100, 1));
        for (ResponseRecording recording : open) {
            recording.complete();
            recording.confirm();
        }
        assertThat(given("/open7")).as("a large one").isNull();
        assertThat(given("/open192")).as("a small one").isEqualTo(body(ResponseRecording.PIECE, 192));
        assertThat(reports).isEmpty();
    }

    @Test
    void recordingsThatStoppedLongAgoGoBeforeOnesThatMove() {
        List<ResponseRecording> stalled = new ArrayList<>();
        for (int i = 0; i < ROOM / 2 / ResponseRecording.PIECE - 1; i++) {
            ResponseRecording recording = record("/stalled" + i, 0);
            recording.add(body(10, 1), 0, 10);
            stalled.add(recording);
        }
        for (int i = 0; i < 20 * ROOM / (16 * ResponseRecording.PIECE); i++) {
            keep("/moving", body(16 * ResponseRecording.PIECE, i));
        }
        assertThat(given("/moving")).isNotNull();
        assertThat(stalled.stream().mapToLong(ResponseRecording::held).sum()).isLessThanOrEqualTo(ROOM / 2 / 4 * 3);
    }

    @Test
    void aRecordingThatEndsOtherwiseTakesNothing() {
        for (int i = 0; i < 1_000; i++) {
            ResponseRecording recording = record("/", 0);
            recording.add(body(100_000, i), 0, 100_000);
            recording.cancel();
            recording.add(body(100_000, i), 0, 100_000);
            recording.complete();
            recording.confirm();
        }
        assertThat(given("/")).isNull();
        assertThat(answers.figures().bytes()).isZero();
    }

    @Test
    void aRecordingThatItsApplicationDroppedIsFoundByTheCollector() {
        for (int i = 0; i < 10; i++) {
            record("/", 0).add(body(100, i), 0, 100);
        }
        Awaitility.await().until(() -> {
            System.gc();
            return answers.figures().bytes() == 0;
        });
    }

    @Test
    void whatIsGivenUpWhileItsBodyComesReachesNobodyElsesAnswer() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            while (!over.get()) {
                ResponseRecording recording = record("/mixed", 0);
                for (int i = 0; i < 40; i++) {
                    recording.add(body(10_000, 7), 0, 10_000);
                }
            }
        });
        writer.start();
        try {
            for (int i = 0; i < 2_000; i++) {
                byte[] body = body(12 * ResponseRecording.PIECE, i);
                keep("/a", body);
                byte[] given = given("/a");
                assertThat(given == null || Arrays.equals(given, body)).isTrue();
            }
        } finally {
            over.set(true);
            writer.join();
        }
        assertThat(reports).isEmpty();
    }

    private ResponseRecording record(String path, int length) {
        Map<String, List<String>> headers =
                length == 0 ? Map.of() : Map.of("Content-Length", List.of(Integer.toString(length)));
        return Objects.requireNonNull(answers.record(request(path), 200, headers, POLICY));
    }

    private void keep(String path, byte[] body) {
        ResponseRecording recording = record(path, body.length);
        recording.add(body, 0, body.length);
        recording.complete();
        recording.confirm();
    }

    private byte @Nullable [] given(String path) {
        FallbackCandidate.Response found = answers.find(request(path), POLICY);
        return found == null ? null : found.body().bytes();
    }

    private static FallbackRequest request(String path) {
        return new FallbackRequest("GET", URI.create("http://h" + path), Map.of(), false, Identity.NOBODY);
    }

    private static byte[] body(int length, int what) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (what + i / 251);
        }
        return bytes;
    }

    /** A store of which it is seen how many pieces had to be made. */
    private static final class Spies implements Memory {
        private final ResponseCache store = new ResponseCache();
        int made;

        Spies() {
            store.setCapacity(ROOM);
        }

        ResponseRecording record() {
            return new ResponseRecording(body -> store.put("/", kept(body), 0), e -> {}, this, 0, LARGEST);
        }

        void keep(String key, byte[] bytes) {
            ResponseRecording recording =
                    new ResponseRecording(body -> store.put(key, kept(body), 0), e -> {}, this, bytes.length, LARGEST);
            recording.add(bytes, 0, bytes.length);
            recording.complete();
            recording.confirm();
        }

        private static StoredResponse kept(StoredBody body) {
            return CacheStrategy.kept(request("/"), 200, new ResponseHead(Map.of()), body, 1);
        }

        @Nullable
        StoredResponse given(String key) {
            return store.find(key, request("/"));
        }

        @Override
        public RecordingMemory.Share open(ResponseRecording recording) {
            return store.open(recording);
        }

        @Override
        public List<byte[]> take(RecordingMemory.Share share, int bytes, int wanted) {
            List<byte[]> taken = store.take(share, bytes, wanted);
            made += taken.isEmpty() ? 1 : 0;
            return taken;
        }

        @Override
        public void close(RecordingMemory.Share share) {
            store.close(share);
        }

        @Override
        public void give(byte[] piece) {
            store.give(piece);
        }
    }

    private static final class NoMemory implements Memory {
        @Override
        public RecordingMemory.Share open(ResponseRecording recording) {
            return new ResponseCache().open(recording);
        }

        @Override
        public List<byte[]> take(RecordingMemory.Share share, int bytes, int wanted) {
            throw new OutOfMemoryError("none left");
        }

        @Override
        public void close(RecordingMemory.Share share) {}

        @Override
        public void give(byte[] piece) {
            throw new AssertionError(Arrays.toString(piece));
        }
    }
}
