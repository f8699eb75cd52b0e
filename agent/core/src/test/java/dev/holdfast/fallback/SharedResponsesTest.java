package dev.holdfast.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.fallback.FallbackRequest.Identity;
import dev.holdfast.fleet.MemoryStore;
import dev.holdfast.fleet.StoreClient;
import dev.holdfast.policy.CachePolicy;
import dev.holdfast.policy.StoreSettings;
import dev.holdfast.policy.ValueSource;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances with one store have each other's answers, by the rules of one instance, and go on without the store. */
class SharedResponsesTest {
    private final MemoryStore store = new MemoryStore();
    private final List<StoreClient> clients = new ArrayList<>();
    private final List<String> notices = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(StoreClient::close);
    }

    private CachedResponses instance() {
        return instance("the-key-of-all-instances-of-this-fleet");
    }

    private CachedResponses instance(String key) {
        return instance(key, ValueSource.FILE);
    }

    private CachedResponses instance(String key, ValueSource source) {
        StoreSettings settings = new StoreSettings(
                List.of("store:6379"),
                false,
                "",
                "",
                0,
                "",
                false,
                Duration.ofSeconds(20).toNanos(),
                "fleet",
                key,
                false,
                source);
        StoreClient client = new StoreClient(settings, store, (bad, what) -> notices.add(what));
        clients.add(client);
        CachedResponses responses = new CachedResponses(System::currentTimeMillis, (what, why) -> {});
        responses.share(new SharedResponses(client));
        if (!store.away) {
            await().until(client::isUp);
        }
        return responses;
    }

    @Test
    void another_instance_has_the_answer_and_asks_the_store_once() {
        keep(instance(), "/a", "one", policy());
        await().until(() -> store.values.size() == 1);

        CachedResponses other = instance();
        assertThat(given(other, "/a", policy())).isEqualTo("one");
        assertThat(given(other, "/a", policy())).isEqualTo("one");
        assertThat(store.reads).hasSize(1);
        assertThat(given(other, "/b", policy())).isNull();
        assertThat(Objects.requireNonNull(other.storeFigures()).hits()).isEqualTo(1);
        assertThat(Objects.requireNonNull(other.storeFigures()).misses()).isEqualTo(1);
    }

    @Test
    void nothing_is_shared_of_a_caller_who_means_another_in_each_jvm() {
        CachedResponses responses = instance();
        FallbackRequest request = request("GET", "/a", new Identity("context 1", false));
        keep(responses, request, "one", policy());
        keep(responses, "/b", "two", policy());
        await().until(() -> store.values.size() == 1);

        assertThat(instance().find(request, policy())).isNull();
        assertThat(store.reads).isEmpty();
    }

    @Test
    void instances_whose_files_ignore_other_headers_share_nothing() {
        CachePolicy lax = new CachePolicy(
                Duration.ofHours(1).toNanos(), 4096, Set.of(200), Set.of(), Set.of("cookie"), false, 65_536, "");
        keep(instance(), "/a", "of somebody", lax);
        await().until(() -> store.values.size() == 1);

        assertThat(given(instance(), "/a", policy())).isNull();
        assertThat(given(instance(), "/a", lax)).isEqualTo("of somebody");
    }

    @Test
    void another_key_a_damaged_or_a_foreign_value_is_a_miss() {
        keep(instance(), "/a", "one", policy());
        await().until(() -> store.values.size() == 1);
        assertThat(given(instance("the-key-of-all-instances-of-another-fleet"), "/a", policy()))
                .isNull();

        String name = store.values.keySet().iterator().next();
        byte[] value = store.values.get(name);
        value[value.length - 1] ^= 1;
        CachedResponses other = instance();
        assertThat(given(other, "/a", policy())).isNull();
        store.values.put(name, "{\"foreign\": true}".getBytes(StandardCharsets.UTF_8));
        assertThat(given(other, "/a", policy())).isNull();
        store.values.put(name, new byte[100_000]);
        assertThat(given(other, "/a", policy())).isNull();
        assertThat(Objects.requireNonNull(other.storeFigures()).damaged()).isEqualTo(3);
    }

    @Test
    void what_was_changed_is_deleted_for_all_and_not_stored_again_by_who_asked_before() {
        CachedResponses first = instance();
        CachedResponses second = instance();
        keep(first, "/a", "old", policy());
        await().until(() -> store.values.size() == 1);
        ResponseRecording underWay = begin(first, request("GET", "/a", Identity.NOBODY), "old", policy());

        second.invalidate(request("PUT", "/a", Identity.NOBODY), 204, policy());
        await().until(() -> store.values.values().stream().allMatch(value -> value.length == 1));
        underWay.confirm();
        await().until(() -> Objects.requireNonNull(first.storeFigures()).writes() == 2);

        assertThat(given(instance(), "/a", policy())).isNull();
    }

    @Test
    void a_deletion_waits_for_a_store_that_is_away_and_until_then_the_key_is_not_read() {
        CachedResponses responses = instance();
        keep(responses, "/a", "old", policy());
        await().until(() -> store.values.size() == 1);
        store.away = true;
        responses.invalidate(request("PUT", "/a", Identity.NOBODY), 204, policy());
        await().until(() -> !notices.isEmpty());
        assertThat(given(responses, "/a", policy())).isNull();

        store.away = false;
        await().until(() -> store.values.values().stream().allMatch(value -> value.length == 1));
        await().until(() -> notices.size() == 2);
        assertThat(notices)
                .containsExactly(
                        "the shared store store:6379 cannot be used (IOException); calls go on without it, as long as"
                                + " needed",
                        "the shared store store:6379 is in use again");
    }

    @Test
    void where_the_store_is_comes_by_the_name_of_its_variable() {
        store.away = true;
        CachedResponses responses = instance("the-key-of-all-instances-of-this-fleet", new ValueSource("\"${STORE}\""));
        await().until(() -> !notices.isEmpty());
        store.away = false;
        await().until(() -> notices.size() == 2);

        assertThat(Objects.requireNonNull(responses.storeFigures()).where()).isEqualTo("the value of \"${STORE}\"");
        assertThat(notices)
                .containsExactly(
                        "the shared store at the value of \"${STORE}\" cannot be used (IOException); calls go on"
                                + " without it, as long as needed",
                        "the shared store at the value of \"${STORE}\" is in use again");
    }

    @Test
    void while_the_store_is_away_nobody_waits_and_nothing_is_queued() {
        store.away = true;
        CachedResponses responses = instance();
        await().until(() -> !notices.isEmpty());
        for (int i = 0; i < 1_000; i++) {
            keep(responses, "/" + i, "one", policy());
            assertThat(given(responses, "/none" + i, policy())).isNull();
        }
        assertThat(Objects.requireNonNull(responses.storeFigures()).dropped()).isEqualTo(1_000);
        assertThat(Objects.requireNonNull(responses.storeFigures()).skipped()).isEqualTo(1_000);
    }

    @Test
    void a_connection_that_was_closed_while_idle_loses_neither_a_read_nor_a_write() {
        CachedResponses responses = instance();
        for (int i = 1; i <= 3; i++) {
            int written = i;
            keep(responses, "/" + i, "one", policy());
            await().until(() -> store.values.size() == written);
            store.disconnect();
        }
        CachedResponses other = instance();
        assertThat(given(other, "/1", policy())).isEqualTo("one");
        store.disconnect();
        assertThat(given(other, "/2", policy())).isEqualTo("one");

        assertThat(notices).isEmpty();
        assertThat(Objects.requireNonNull(responses.storeFigures()).errors()).isZero();
        assertThat(Objects.requireNonNull(responses.storeFigures()).dropped()).isZero();
        assertThat(Objects.requireNonNull(other.storeFigures()).errors()).isZero();
    }

    @Test
    void a_write_that_fails_counts_as_dropped() {
        CachedResponses responses = instance();
        store.away = true;
        keep(responses, "/a", "one", policy());
        await().until(() -> Objects.requireNonNull(responses.storeFigures()).dropped() == 1);
        assertThat(Objects.requireNonNull(responses.storeFigures()).writes()).isZero();
    }

    @Test
    void a_store_that_refused_a_write_is_in_use_again_when_it_takes_one() {
        CachedResponses responses = instance();
        store.full = true;
        keep(responses, "/a", "one", policy());
        await().until(() -> notices.size() == 1);
        assertThat(given(responses, "/none", policy())).as("reads go on").isNull();
        await().until(() -> Objects.requireNonNull(responses.storeFigures()).dropped() == 1);
        store.full = false;
        keep(responses, "/b", "one", policy());
        await().until(() -> notices.size() == 2);
        assertThat(notices)
                .containsExactly(
                        "the shared store store:6379 refuses a command (OOM); calls go on without it, as long"
                                + " as needed",
                        "the shared store store:6379 is in use again");
    }

    @Test
    void a_full_store_deletes_all_the_same() {
        CachedResponses responses = instance();
        keep(responses, "/a", "old", policy());
        await().until(() -> store.values.size() == 1);
        store.full = true;
        keep(responses, "/b", "new", policy());
        await().until(() -> !notices.isEmpty());
        assertThat(notices.get(0)).contains("refuses a command (OOM)");
        responses.invalidate(request("DELETE", "/a", Identity.NOBODY), 204, policy());
        await().until(store.values::isEmpty);
    }

    private static void keep(CachedResponses responses, String path, String body, CachePolicy policy) {
        keep(responses, request("GET", path, Identity.NOBODY), body, policy);
    }

    private static void keep(CachedResponses responses, FallbackRequest request, String body, CachePolicy policy) {
        begin(responses, request, body, policy).confirm();
    }

    private static ResponseRecording begin(
            CachedResponses responses, FallbackRequest request, String body, CachePolicy policy) {
        ResponseRecording recording = Objects.requireNonNull(responses.record(request, 200, Map.of(), policy));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        recording.add(bytes, 0, bytes.length);
        recording.complete();
        return recording;
    }

    private static @Nullable String given(CachedResponses responses, String path, CachePolicy policy) {
        FallbackCandidate.Response found = responses.find(request("GET", path, Identity.NOBODY), policy);
        return found == null ? null : new String(found.body().bytes(), StandardCharsets.UTF_8);
    }

    private static FallbackRequest request(String method, String path, Identity identity) {
        return new FallbackRequest(
                method, URI.create("http://api.example.com" + path), Map.of(), method.equals("PUT"), identity);
    }

    private static CachePolicy policy() {
        return new CachePolicy(Duration.ofHours(1).toNanos(), 4096, Set.of(200), Set.of(), Set.of(), false, 65_536, "");
    }
}
