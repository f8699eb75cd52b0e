package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.ForkedJvm.Running;
import dev.holdfast.testkit.Jdks;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.ToyClasses;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** A coverage gap is reported in the log, the status, the meters and the summary, and nothing secret is. */
class GapsIT {
    private static final String CLIENT = "com.vendor.shaded.asynchttpclient.netty.NettyResponseFuture";

    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("dev.holdfast.testkit.Jdks#all")
    void hosts_clients_and_proxies_are_named(Jdks.Jdk jdk) throws IOException {
        Path file = Files.writeString(directory.resolve("holdfast.toml"), """
                [hosts."shop.example".retry]
                [admin]
                listen = "127.0.0.1:0"
                [log]
                summary = true
                """);
        Path library = Files.write(
                directory.resolve("vendor.jar"),
                ToyClasses.zip(Map.of(ToyClasses.path(CLIENT), ToyClasses.named(CLIENT))));
        try (ScriptedServer first = proxy();
                ScriptedServer second = proxy();
                ScriptedServer origin = proxy();
                Running jvm = new ForkedJvm(jdk)
                        .agent(file.toString())
                        .classPath(Path.of("target", "test-classes").toAbsolutePath()
                                + File.pathSeparator
                                + library
                                + File.pathSeparator
                                + apache())
                        .jvm("-Dhttps.proxyHost=proxy.example", "-Dhttps.proxyPort=3128")
                        .main(
                                GapsProgram.class,
                                Integer.toString(first.port()),
                                Integer.toString(second.port()),
                                CLIENT,
                                origin.uri("/by-apache").toString())
                        .start()) {
            int port = EndpointClient.port(jvm);
            await().atMost(Duration.ofSeconds(60)).until(() -> jvm.out().contains("called"));
            await().atMost(Duration.ofSeconds(60)).until(() -> jvm.err().contains("proxy.example:3128"));

            assertThat(jvm.err().lines())
                    .anyMatch(
                            line -> line.startsWith("[holdfast] no policy matches http://pay.example:80, http://flood")
                                    && line.endsWith(" and 80 more: calls to them run unmodified"))
                    .containsOnlyOnce("[holdfast] the program uses async-http-client"
                            + " (com.vendor.shaded.asynchttpclient.netty):"
                            + " Holdfast does not cover it, its requests get no policy")
                    .containsOnlyOnce("[holdfast] the program uses Apache HttpClient 5, async " + apacheVersion()
                            + " (org.apache.hc.client5.http.impl.async): Holdfast does not cover it,"
                            + " its requests get no policy")
                    .containsOnlyOnce("[holdfast] HTTP proxy in use: 127.0.0.1:" + first.port())
                    .containsOnlyOnce("[holdfast] HTTP proxy in use: 127.0.0.1:" + second.port())
                    .containsOnlyOnce("[holdfast] HTTP proxy in use: proxy.example:3128");
            String status = EndpointClient.get(port, "/status").body();
            assertThat(status)
                    .contains(
                            "{\"origin\":\"http://pay.example:80\",\"calls\":2}",
                            "{\"origin\":\"http://mail.example:8080\",\"calls\":1}",
                            "\"other_calls\":102,",
                            "{\"client\":\"async-http-client\",\"package\":\"com.vendor.shaded.asynchttpclient.netty\","
                                    + "\"version\":null}",
                            "{\"client\":\"Apache HttpClient 5, async\","
                                    + "\"package\":\"org.apache.hc.client5.http.impl.async\","
                                    + "\"version\":\"" + apacheVersion() + "\"}")
                    .contains("\"127.0.0.1:" + first.port() + "\"", "\"127.0.0.1:" + second.port() + "\"")
                    .contains("\"proxy.example:3128\"");
            assertThat(status.split("flood", -1))
                    .as("100 origins with the two above")
                    .hasSize(99);
            String metrics = EndpointClient.get(port, "/metrics").body();
            assertThat(metrics)
                    .contains(
                            "\nholdfast_unmatched_calls_total{origin=\"http://pay.example:80\"} 2.0\n",
                            "\nholdfast_unmatched_calls_total{origin=\"other\"} 102.0\n",
                            "\nholdfast_uncovered_client{client=\"async-http-client\","
                                    + "package=\"com.vendor.shaded.asynchttpclient.netty\",version=\"unknown\"} 1.0\n",
                            "\nholdfast_http_proxy{address=\"proxy.example:3128\"} 1.0\n");

            String err = jvm.end().succeeded().err();
            assertThat(err)
                    .contains("\n  no policy matches: http://pay.example:80 (2 calls), http://flood")
                    .contains(", and 90 more, and 102 calls to others")
                    .containsPattern("\n  clients that are not covered: .*async-http-client"
                            + " \\(com\\.vendor\\.shaded\\.asynchttpclient")
                    .containsPattern("\n  clients that are not covered: .*Apache HttpClient 5, async ")
                    .contains("\n  HTTP proxies: 127.0.0.1:");
            assertThat(err + status + metrics).doesNotContain("t0p").doesNotContain("shop.example:80: calls");
            assertThat(first.requests())
                    .extracting(ReceivedRequest::target)
                    .containsExactly(
                            "http://shop.example/a?key=t0psecret",
                            "http://pay.example/t0psecret",
                            "http://pay.example/t0psecret");
            assertThat(second.requests()).hasSize(2);
            assertThat(origin.requests())
                    .as("a real client's call, which reached its server without Holdfast")
                    .extracting(ReceivedRequest::target)
                    .containsExactly("/by-apache");
        }
    }

    /** A client that is not covered, as a program has it; WireMock brings it along. */
    private static String apache() {
        return Stream.of(HttpClients.class, HttpHost.class, HttpVersionPolicy.class, LoggerFactory.class)
                .map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                .map(location -> Path.of(URI.create(location.toString())).toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String apacheVersion() {
        return HttpClients.class.getPackage().getImplementationVersion();
    }

    /** Answers by itself. */
    private static ScriptedServer proxy() {
        ScriptedServer server = ScriptedServer.http();
        server.otherwise(ScriptedResponse.respond(200, "fine"));
        return server;
    }
}
