package dev.holdfast.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ScriptedResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The store behind TLS, behind a sentinel, and on three nodes of a cluster: what is shared is shared there too. */
class StoreTopologiesIT extends Instances {
    private static final String SHARES = """
            [retry]
            max_retries = 0
            [retry.fallback]
            strategy = "cache"
            [retry.circuit_breaker]
            enabled = true
            failure_threshold = 8
            [limits]
            max_rate = "1000/s"
            scope = "fleet"
            [store]
            url = "${REDIS_URL}"
            password = "${REDIS_PASSWORD}"
            key = "${HOLDFAST_STORE_KEY}"
            timeout = "1s"
            share_breaker_hints = true
            """;

    /** Two instances share a response, a rate, and a hint. */
    private void share(String url, String more, String... options) throws IOException {
        ForkedJvm.Running first = program(url, KEY, SHARES + more, options);
        ForkedJvm.Running second = program(url, KEY, SHARES + more, options);
        awaitStatus(first, "\"state\":\"up\"");
        awaitStatus(second, "\"state\":\"up\"");
        shareMore(first, second);
    }

    private void shareMore(ForkedJvm.Running first, ForkedJvm.Running second) {
        origin.otherwise(request -> ScriptedResponse.respond(request.target().startsWith("/bad") ? 503 : 200, "body"));
        awaitRate(first);
        awaitRate(second);
        for (int i = 0; i < 4; i++) {
            assertThat(ask(first, "GET /" + i)).isEqualTo("200 body live");
        }
        awaitStatus(first, "\"rates\":1,\"local_rates\":0");
        awaitStatus(second, "\"rates\":1,\"local_rates\":0");

        assertThat(ask(first, "OPEN /bad")).isEqualTo("rejected after 8");
        awaitStatus(second, "\"hints_taken\":1");
        assertThat(ask(second, "OPEN /bad")).isEqualTo("rejected after 4");
        for (int i = 0; i < 4; i++) {
            String path = "GET /" + i;
            Awaitility.await().atMost(PATIENCE).until(() -> ask(second, path).equals("200 body cache with age"));
        }
    }

    /** A store that has just begun to run grants no part of a rate. */
    private void awaitRate(ForkedJvm.Running program) {
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> ask(program, "GET /other").equals("200 body live"));
    }

    @Test
    void by_tls() throws Exception {
        Path pem = Files.writeString(directory.resolve("server.pem"), LoopbackTls.pem());
        Path trusted = directory.resolve("trusted.p12");
        try (var in = LoopbackTls.class.getResourceAsStream("loopback.p12")) {
            Files.copy(Objects.requireNonNull(in), trusted);
        }
        try (RedisServer redis = RedisServer.tls(directory, pem)) {
            String url = "rediss://localhost:" + redis.port();
            share(url, "", "-Djavax.net.ssl.trustStore=" + trusted, "-Djavax.net.ssl.trustStorePassword=holdfast");

            ForkedJvm.Running distrustful = program(url, KEY, SHARES);
            awaitError(distrustful, "cannot be used (SunCertPathBuilderException)");
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> ask(distrustful, "GET /a").equals("200 body live"));
            ForkedJvm.Running elsewhere = program(
                    url.replace("localhost", RedisServer.OTHER_HOST),
                    KEY,
                    SHARES,
                    "-Djavax.net.ssl.trustStore=" + trusted,
                    "-Djavax.net.ssl.trustStorePassword=holdfast");
            awaitError(elsewhere, "cannot be used (CertificateException)");
        }
    }

    private static void awaitError(ForkedJvm.Running program, String text) {
        Awaitility.await().atMost(PATIENCE).until(() -> program.err().contains(text));
    }

    @Test
    void by_a_sentinel_and_the_server_that_another_one_replaces() throws IOException {
        try (RedisServer primary = new RedisServer(directory, "--masterauth", RedisServer.PASSWORD);
                RedisServer replica = new RedisServer(
                        directory, "--masterauth", RedisServer.PASSWORD, "--replicaof", "127.0.0.1 " + primary.port());
                RedisServer sentinel = RedisServer.sentinel(directory, primary)) {
            String url = "redis://127.0.0.1:1,127.0.0.1:" + sentinel.port();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> sentinel.cli("SENTINEL", "replicas", "primary").contains("" + replica.port()));
            share(url, "sentinel_master = \"primary\"\n");

            ForkedJvm.Running first = programs.get(0);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> replica.cli("INFO", "replication").contains("master_link_status:up"));
            long before = number(ask(first, "STATUS store"), "leases");
            primary.kill();
            Awaitility.await().atMost(PATIENCE).until(() -> replica.cli("ROLE").contains("master"));
            assertThat(ask(first, "GET /1")).isEqualTo("200 body cache with age");
            Awaitility.await().atMost(PATIENCE).until(() -> number(ask(first, "STATUS store"), "leases") > before + 4);

            // One that takes no more writes, as when another one has its part already.
            replica.cli("REPLICAOF", "127.0.0.1", "1");
            awaitError(first, "cannot be used (READONLY)");
            replica.cli("REPLICAOF", "NO", "ONE");
            awaitStatus(first, "\"state\":\"up\"");
            for (ForkedJvm.Running program : programs) {
                assertThat(program.err()).doesNotContain("Exception in thread");
            }
        }
    }

    @Test
    void on_three_nodes_of_a_cluster() throws Exception {
        List<RedisServer> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                Path own = Files.createDirectory(directory.resolve("node" + i));
                nodes.add(new RedisServer(own, "--cluster-enabled", "yes", "--masterauth", RedisServer.PASSWORD));
            }
            for (int i = 0; i < 3; i++) {
                String last = i == 2 ? "16383" : Integer.toString(i * 5000 + 4999);
                assertThat(nodes.get(i).cli("CLUSTER", "ADDSLOTSRANGE", Integer.toString(i * 5000), last))
                        .contains("OK");
                String port = Integer.toString(nodes.get(i).port());
                assertThat(nodes.get(0).cli("CLUSTER", "MEET", "127.0.0.1", port))
                        .contains("OK");
            }
            for (RedisServer node : nodes) {
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> node.cli("CLUSTER", "INFO").contains("cluster_state:ok")
                                && node.cli("CLUSTER", "INFO").contains("cluster_known_nodes:3"));
            }
            share("redis://127.0.0.1:" + nodes.get(1).port(), "cluster = true\n");
            assertThat(Stream.of(0, 1, 2)
                            .filter(i -> !nodes.get(i).cli("DBSIZE").contains("0")))
                    .as("nodes with keys")
                    .hasSizeGreaterThan(1);
        } finally {
            nodes.forEach(RedisServer::close);
        }
    }
}
