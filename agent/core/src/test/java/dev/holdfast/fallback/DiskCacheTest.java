package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.holdfast.policy.CachePolicy;
import dev.holdfast.policy.ValueSource;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The answers in a directory: whole or not at all, for the owner alone, bounded, and nothing secret in names or files.
 */
class DiskCacheTest {
    private static final String KEY = key("0");
    private static final long ROOM = 1 << 20;

    @TempDir
    Path parent;

    private Path directory() {
        return parent.resolve("kept");
    }

    /** A key as they are. */
    private static String key(String number) {
        return CacheKey.ofValues(List.of(number));
    }

    private static StoredResponse answer(String body, String language) {
        return new StoredResponse(
                200,
                Map.of("Content-Type", List.of("text/plain"), "X-Many", List.of("a", "b")),
                StoredBody.of(body.getBytes(StandardCharsets.UTF_8)),
                Map.of("accept-language", CacheKey.ofValues(List.of(language))),
                1_000,
                2_000,
                true);
    }

    private static String text(StoredResponse response) {
        return new String(response.body().whole().bytes(), StandardCharsets.UTF_8);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory())) {
            return files.toList();
        }
    }

    @Test
    void whatIsWrittenReadsBackTheSame() throws IOException {
        DiskCache files = new DiskCache(directory());
        assertThat(files.read(KEY, ROOM)).isNull();
        StoredResponse written = answer("body \u00e9", "de");
        files.write(KEY, written, ROOM);
        StoredResponse read = Objects.requireNonNull(new DiskCache(directory()).read(KEY, ROOM))
                .get(0);
        assertThat(text(read)).isEqualTo("body \u00e9");
        assertThat(read.status()).isEqualTo(200);
        assertThat(read.headers()).isEqualTo(written.headers());
        assertThat(read.varying()).isEqualTo(written.varying());
        assertThat(read.madeAt()).isEqualTo(1_000);
        assertThat(read.receivedAt()).isEqualTo(2_000);
        assertThat(files.read(key("another"), ROOM)).isNull();
    }

    @Test
    void answersThatDifferByVaryStandBesideEachOther() throws IOException {
        DiskCache files = new DiskCache(directory());
        files.write(KEY, answer("deutsch", "de"), ROOM);
        new DiskCache(directory()).write(KEY, answer("english", "en"), ROOM);
        new DiskCache(directory()).write(KEY, answer("besser", "de"), ROOM);
        assertThat(Objects.requireNonNull(files.read(KEY, ROOM)))
                .extracting(DiskCacheTest::text)
                .containsExactlyInAnyOrder("besser", "english");
        for (int i = 0; i < 20; i++) {
            files.write(KEY, answer("x", "l" + i), ROOM);
        }
        assertThat(files.read(KEY, ROOM)).hasSize(8);
    }

    @Test
    void directoryAndFilesAreForTheirOwnerAlone() throws IOException {
        new DiskCache(directory()).write(KEY, answer("x", "de"), ROOM);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                .isEqualTo("rwx------");
        assertThat(files())
                .singleElement()
                .satisfies(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------"));
    }

    @Test
    void aDirectoryThatOthersMayWriteToIsNotUsed() throws IOException {
        Files.createDirectory(directory());
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxrwxr-x"));
        assertThatThrownBy(() -> new DiskCache(directory()).write(KEY, answer("x", "de"), ROOM))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("others may write to it (rwxrwxr-x)")
                .hasMessageContaining("chmod 700");
        assertThat(files()).isEmpty();
    }

    @Test
    void whatWasForgottenIsInNoFileEither() {
        CachedResponses answers = new CachedResponses(() -> 0, (what, why) -> {});
        CachePolicy policy = policy(directory());
        keep(answers, request("/a", Map.of()), policy, "old");
        Awaitility.await().until(() -> files().size() == 1);
        answers.invalidate(
                new FallbackRequest(
                        "PUT", request("/a", Map.of()).uri(), Map.of(), true, FallbackRequest.Identity.NOBODY),
                204,
                policy);
        assertThat(answers.figures().entries()).isZero();
        Awaitility.await().until(() -> files().isEmpty());
    }

    @Test
    void whatOthersMayHavePlantedIsNotRead() throws IOException {
        DiskCache files = new DiskCache(directory());
        files.write(KEY, answer("x", "de"), ROOM);
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxrwx---"));
        assertThat(new DiskCache(directory()).read(KEY, ROOM)).isNull();
        assertThat(files.read(KEY, ROOM)).as("though it was private before").isNull();
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(files.read(KEY, ROOM)).hasSize(1);
        assertThat(files.read(KEY, 10)).as("larger than ours can be").isNull();
    }

    @Test
    void aDirectoryThatBelongsToAnotherUserIsNotUsed() throws IOException {
        new DiskCache(directory()).write(KEY, answer("x", "de"), ROOM);
        try {
            Files.setOwner(
                    directory(),
                    directory().getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        } catch (IOException e) {
            abort("only root can give a directory away");
        }
        DiskCache files = new DiskCache(directory());
        assertThat(files.read(KEY, ROOM)).isNull();
        assertThatThrownBy(() -> files.write(KEY, answer("x", "de"), ROOM)).hasMessageContaining("belongs to nobody");
    }

    @Test
    void whoHasAUserNumberWithoutANameIsAStrangerToo() throws IOException {
        DiskCache files = new DiskCache(directory());
        files.write(KEY, answer("x", "de"), ROOM);
        files.write(key("1"), answer("x", "de"), ROOM);
        giveAway(directory().resolve(KEY + ".answer"), 54_321);
        assertThat(files.read(KEY, ROOM)).as("a file of a stranger").isNull();
        assertThat(files.read(key("1"), ROOM)).hasSize(1);
        files.write(KEY, answer("y", "de"), ROOM);
        files.delete(KEY);
        files.deleteAll();
        assertThat(files()).containsExactly(directory().resolve(KEY + ".answer"));

        giveAway(directory(), 54_322);
        assertThat(files.read(KEY, ROOM)).isNull();
        assertThatThrownBy(() -> files.write(KEY, answer("x", "de"), ROOM))
                .hasMessageContaining("belongs to 54322, and this program writes as");
    }

    private static void giveAway(Path file, int user) throws IOException {
        try {
            Files.setAttribute(file, "unix:uid", user);
        } catch (IOException | UnsupportedOperationException e) {
            abort("only root can give a file away");
        }
    }

    @Test
    void filesThatAreNotOfOurNamingAreNeverTouched() throws IOException {
        Files.createDirectory(
                directory(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        List<String> names = List.of(
                "upload-123.tmp",
                "journal.tmp",
                "poll.answer",
                "db.dat",
                KEY.toUpperCase(java.util.Locale.ROOT) + ".answer",
                KEY + ".answer.bak",
                KEY + ".1.tmp",
                KEY.substring(1) + ".answer");
        for (String name : names) {
            Path file = Files.write(directory().resolve(name), new byte[60_000]);
            Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        }
        Files.createDirectory(directory().resolve(key("a directory") + ".answer"));
        DiskCache files = new DiskCache(directory());
        for (int i = 0; i < 100; i++) {
            files.write(key("" + i), answer("x".repeat(2_000), "de"), 64 * 1024);
        }
        assertThat(files.read(key("99"), ROOM)).as("they take no room").hasSize(1);
        assertThat(files.read(key("80"), ROOM)).hasSize(1);
        files.deleteAll();
        for (String name : names) {
            assertThat(Files.size(directory().resolve(name))).as(name).isEqualTo(60_000);
        }
        assertThat(directory().resolve(key("a directory") + ".answer")).isDirectory();
        assertThat(files()).hasSize(names.size() + 1);
    }

    @Test
    void noSymbolicLinkIsFollowed() throws IOException {
        DiskCache files = new DiskCache(directory());
        files.write(KEY, answer("x", "de"), ROOM);
        Path target = parent.resolve("target");
        Path file = directory().resolve(KEY + ".answer");
        Files.move(file, target);
        byte[] content = Files.readAllBytes(target);
        Files.createSymbolicLink(file, target);
        assertThat(files.read(KEY, ROOM)).isNull();
        files.write(KEY, answer("newer", "de"), ROOM);
        files.delete(KEY);
        files.deleteAll();
        assertThat(file).isSymbolicLink();
        assertThat(target).hasBinaryContent(content);

        Path link = Files.createSymbolicLink(parent.resolve("link"), directory());
        assertThatThrownBy(() -> new DiskCache(link).write(key("1"), answer("x", "de"), ROOM))
                .hasMessageContaining("symbolic link");
        files.write(key("1"), answer("x", "de"), ROOM);
        assertThat(new DiskCache(link).read(key("1"), ROOM)).isNull();
    }

    @Test
    void theDirectoryForEverybodysTemporaryFilesIsRefused() throws IOException {
        Files.createDirectory(directory());
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> new DiskCache(directory()).write(KEY, answer("x", "de"), ROOM))
                .hasMessageContaining("everybody's temporary files")
                .hasMessageNotContaining("chmod");
        assertThat(files()).isEmpty();
    }

    @Test
    void aFileThatIsTornAnywhereIsAMiss() throws IOException {
        DiskCache files = new DiskCache(directory());
        files.write(KEY, answer("a body of some length", "de"), ROOM);
        Path file = files().get(0);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThat(files.read(KEY, ROOM)).as("cut at %d", length).isNull();
        }
        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= (byte) (1 << ThreadLocalRandom.current().nextInt(8));
            Files.write(file, changed);
            assertThat(files.read(KEY, ROOM)).as("changed at %d", i).isNull();
        }
        Files.write(file, whole);
        assertThat(files.read(KEY, ROOM)).hasSize(1);
        // A whole file under another's name.
        Files.move(file, directory().resolve(key("other") + ".answer"));
        assertThat(files.read(key("other"), ROOM)).isNull();
    }

    @Test
    void theBytesOfAllFilesAreBounded() throws IOException {
        DiskCache files = new DiskCache(directory());
        DiskCache ofAnotherJvm = new DiskCache(directory());
        String body = "x".repeat(1_000);
        for (int i = 0; i < 300; i++) {
            (i % 2 == 0 ? files : ofAnotherJvm).write(key("" + i), answer(body, "de"), 64 * 1024);
        }
        long bytes = 0;
        for (Path file : files()) {
            bytes += Files.size(file);
        }
        // What the other has written since the last look, an eighth at most, is not known yet.
        assertThat(bytes).isLessThan(64 * 1024 / 8 * 9 + 2_000).isGreaterThan(32 * 1024);
        assertThat(files.read(key("299"), ROOM)).isNotNull();
        assertThat(files.read(key("0"), ROOM)).isNull();
    }

    @Test
    void anAnswerThatIsLargerThanTheRoomIsNotWritten() throws IOException {
        new DiskCache(directory()).write(KEY, answer("x".repeat(5_000), "de"), 4_000);
        assertThat(files()).isEmpty();
    }

    @Test
    void whatAJvmLeftUnfinishedIsDeletedAfterAWhile() throws IOException {
        DiskCache files = new DiskCache(directory());
        files.write(key("first"), answer("x", "de"), ROOM);
        Path old = Files.writeString(directory().resolve(key("a") + ".0123456789abcdef.tmp"), "half");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        Path young = Files.writeString(directory().resolve(key("b") + ".0123456789abcdef.tmp"), "half");
        Path strange = Files.writeString(directory().resolve("notes.txt"), "of somebody else");
        Files.setLastModifiedTime(strange, FileTime.from(Instant.EPOCH));
        new DiskCache(directory()).write(key("second"), answer("y", "de"), ROOM);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(strange).exists();
    }

    @Test
    void whereNothingCanBeWrittenThatIsSaidOnceAndAnswersStayInMemory() throws IOException {
        Path file = Files.writeString(parent.resolve("file"), "no directory");
        ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();
        CachedResponses answers = new CachedResponses(() -> 0, (what, why) -> reports.add(what));
        CachePolicy policy = policy(file.resolve("kept"));
        for (int i = 0; i < 5; i++) {
            keep(answers, request("/" + i, Map.of()), policy, "body");
        }
        Awaitility.await().until(() -> !reports.isEmpty());
        assertThat(answers.find(request("/1", Map.of()), policy)).isNotNull();
        assertThat(reports)
                .singleElement()
                .satisfies(report -> assertThat(report)
                        .contains("cannot be stored in cache_dir " + file.resolve("kept"))
                        .contains("in memory only"));
    }

    @Test
    void aDirectoryFromOutsideIsNotShown() throws IOException {
        Path file = Files.writeString(parent.resolve("hunter2"), "no directory");
        Path open = Files.createDirectory(parent.resolve("hunter2-open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        for (Path directory : List.of(file, file.resolve("kept"), open)) {
            ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();
            CachedResponses answers = new CachedResponses(() -> 0, (what, why) -> reports.add(what + why));
            CachePolicy policy = new CachePolicy(
                    Duration.ofHours(1).toNanos(),
                    1 << 16,
                    Set.of(200),
                    Set.of(),
                    Set.of(),
                    false,
                    ROOM,
                    directory.toString(),
                    new ValueSource("\"${DIR}\""));
            keep(answers, request("/a", Map.of()), policy, "body");
            Awaitility.await().until(() -> !reports.isEmpty());
            assertThat(reports)
                    .singleElement()
                    .satisfies(report -> assertThat(report)
                            .startsWith("responses cannot be stored in cache_dir the value of \"${DIR}\"; they are in"
                                    + " memory only (java.nio.file.")
                            .doesNotContain("hunter2"));
        }
    }

    @Test
    void aSecondJvmHasTheAnswersOfTheFirst() {
        FallbackRequest request = request("/a", Map.of("Authorization", List.of("Bearer s3cret")));
        CachePolicy policy = policy(directory());
        keep(new CachedResponses(() -> 0, (what, why) -> {}), request, policy, "of alice");
        Awaitility.await().until(() -> Files.isDirectory(directory()) && !files().isEmpty());
        Awaitility.await()
                .untilAsserted(() -> assertThat(files())
                        .singleElement()
                        .satisfies(file -> assertThat(file.toString()).endsWith(".answer")));
        CachedResponses second = new CachedResponses(() -> 0, (what, why) -> {});
        FallbackCandidate.Response found = Objects.requireNonNull(second.find(request, policy));
        assertThat(new String(found.body().bytes(), StandardCharsets.UTF_8)).isEqualTo("of alice");
        assertThat(second.find(request("/a", Map.of("Authorization", List.of("Bearer other"))), policy))
                .isNull();
        assertThat(second.find(request("/a", Map.of()), policy)).isNull();
    }

    @Test
    void nothingSecretOfTheRequestIsInNamesOrFiles() throws IOException {
        FallbackRequest request = request(
                "/a?token=s3cret",
                Map.of(
                        "Authorization", List.of("Bearer s3cret"),
                        "Cookie", List.of("session=s3cret"),
                        "X-Tenant", List.of("s3cret")));
        CachedResponses answers = new CachedResponses(() -> 0, (what, why) -> {});
        ResponseRecording recording = Objects.requireNonNull(answers.record(
                request, 200, Map.of("Vary", List.of("Cookie, X-Tenant, Authorization")), policy(directory())));
        recording.complete();
        recording.confirm();
        Awaitility.await()
                .until(() -> Files.isDirectory(directory())
                        && files().stream().anyMatch(file -> file.toString().endsWith(".answer")));
        for (Path file : files()) {
            assertThat(file.getFileName().toString()).matches("[0-9a-f]{64}\\.answer");
            assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .doesNotContain("s3cret")
                    .doesNotContain("token");
        }
    }

    @Test
    void aDirectoryThatIsFullCostsAReportAndNoAnswer() throws IOException {
        try (FileSystem small = Jimfs.newFileSystem(Configuration.unix().toBuilder()
                .setAttributeViews("basic", "owner", "posix", "unix")
                .setMaxSize(16 * 1024)
                .build())) {
            DiskCache files = new DiskCache(small.getPath("kept"));
            int failed = 0;
            for (int i = 0; i < 40; i++) {
                try {
                    files.write(key("" + i), answer("x".repeat(1_000), "de"), ROOM);
                } catch (IOException e) {
                    failed++;
                    assertThat(e).hasMessageContaining("out of disk space");
                }
            }
            assertThat(failed).isPositive();
            int whole = 0;
            try (Stream<Path> left = Files.list(files.directory())) {
                for (Path file : left.toList()) {
                    String name = file.getFileName().toString();
                    assertThat(name).as("nothing half is left").endsWith(".answer");
                    assertThat(files.read(name.replace(".answer", ""), ROOM)).hasSize(1);
                    whole++;
                }
            }
            assertThat(whole).isEqualTo(40 - failed);
        }
    }

    @Test
    void aPlaceThatIsReadOnlyCostsAReportAndNoAnswer() throws InterruptedException {
        Path readOnly = Path.of("/proc/holdfast");
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc")), "no /proc, where nobody can write");
        ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();
        CachedResponses answers = new CachedResponses(() -> 0, (what, why) -> reports.add(what));
        keep(answers, request("/a", Map.of()), policy(readOnly), "body");
        Awaitility.await().until(() -> !reports.isEmpty());
        assertThat(reports.peek()).contains("cache_dir /proc/holdfast");
        assertThat(answers.find(request("/a", Map.of()), policy(readOnly))).isNotNull();
        assertThat(answers.find(request("/b", Map.of()), policy(readOnly))).isNull();
    }

    @Test
    void twoJvmsThatWriteTheSameAnswersNeverShowHalfOfOne() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (String body : List.of("a", "b")) {
                DiskCache files = new DiskCache(directory());
                writers.add(pool.submit(() -> {
                    for (int i = 0; i < 500; i++) {
                        files.write(key("" + i % 5), answer(body.repeat(1 + i * 40), body), 64 * 1024);
                    }
                    return null;
                }));
            }
            DiskCache reader = new DiskCache(directory());
            int read = 0;
            while (read < 50 || writers.stream().anyMatch(writer -> !writer.isDone())) {
                for (int key = 0; key < 5; key++) {
                    Path file = directory().resolve(key("" + key) + ".answer");
                    boolean there = Files.exists(file);
                    List<StoredResponse> answers = reader.read(key("" + key), ROOM);
                    if (there && answers != null) {
                        read++;
                        assertThat(answers)
                                .allSatisfy(
                                        response -> assertThat(text(response)).matches("a+|b+"));
                    }
                }
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        } finally {
            pool.shutdownNow();
        }
        for (Path file : files()) {
            String name = file.getFileName().toString();
            assertThat(name).endsWith(".answer");
            assertThat(new DiskCache(directory()).read(name.replace(".answer", ""), ROOM))
                    .isNotEmpty();
        }
    }

    @Test
    void aHundredThousandUrisStayWithinTheirBytes() {
        CachedResponses answers = new CachedResponses(() -> 0, (what, why) -> {});
        CachePolicy policy = new CachePolicy(
                Duration.ofHours(1).toNanos(), 1 << 16, Set.of(200), Set.of(), Set.of(), false, ROOM, "");
        for (int i = 0; i < 100_000; i++) {
            keep(answers, request("/" + i, Map.of()), policy, "body of " + i);
            if (i % 1_000 == 0) {
                assertThat(answers.figures().bytes()).isLessThanOrEqualTo(ROOM);
            }
        }
        assertThat(answers.figures().bytes()).isBetween(ROOM / 2, ROOM);
        assertThat(answers.find(request("/99999", Map.of()), policy)).isNotNull();
        assertThat(answers.find(request("/0", Map.of()), policy)).isNull();
    }

    @Test
    void aBodyOfAGigabyteIsNeitherKeptNorHeld() {
        CachedResponses answers = new CachedResponses(() -> 0, (what, why) -> {});
        CachePolicy policy = policy(directory());
        assertThat(answers.record(
                        request("/said", Map.of()), 200, Map.of("Content-Length", List.of("1073741824")), policy))
                .isNull();
        ResponseRecording recording =
                Objects.requireNonNull(answers.record(request("/unsaid", Map.of()), 200, Map.of(), policy));
        byte[] piece = new byte[1 << 16];
        for (int i = 0; i < 1 << 14; i++) {
            recording.add(piece, 0, piece.length);
            assertThat(recording.held()).isLessThanOrEqualTo(1 << 16);
        }
        recording.complete();
        recording.confirm();
        assertThat(answers.find(request("/unsaid", Map.of()), policy)).isNull();
    }

    private static void keep(CachedResponses answers, FallbackRequest request, CachePolicy policy, String body) {
        ResponseRecording recording = Objects.requireNonNull(answers.record(request, 200, Map.of(), policy));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        recording.add(bytes, 0, bytes.length);
        recording.complete();
        recording.confirm();
    }

    private static FallbackRequest request(String path, Map<String, List<String>> headers) {
        return new FallbackRequest(
                "GET", URI.create("http://api.example.com" + path), headers, false, FallbackRequest.Identity.NOBODY);
    }

    private static CachePolicy policy(Path directory) {
        return new CachePolicy(
                Duration.ofHours(1).toNanos(),
                1 << 16,
                Set.of(200),
                Set.of(),
                Set.of(),
                false,
                ROOM,
                directory.toString());
    }
}
