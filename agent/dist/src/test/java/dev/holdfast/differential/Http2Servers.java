package dev.holdfast.differential;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.holdfast.testkit.LoopbackTls;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/** The servers that {@link Http2Calls} calls: a server library that speaks HTTP/2 by upgrade and over TLS. */
final class Http2Servers implements AutoCloseable {
    private final WireMockServer server;
    private int stubs;

    Http2Servers() {
        String keys = Objects.requireNonNull(LoopbackTls.class.getResource("loopback.p12"), "loopback.p12")
                .toString();
        server = new WireMockServer(WireMockConfiguration.options()
                .bindAddress(Transcript.HOST)
                .dynamicPort()
                .dynamicHttpsPort()
                .keystorePath(keys)
                .keystoreType("PKCS12")
                .keystorePassword("holdfast")
                .keyManagerPassword("holdfast"));
        stub(get("/small"), ok("small").withHeader("X-Twice", "one", "two"));
        stub(get("/large"), ok("large ".repeat(40_000)));
        stub(get("/missing"), aResponse().withStatus(404).withBody("not here"));
        stub(get("/busy"), aResponse().withStatus(503).withBody("busy"));
        stub(get("/moved"), WireMock.temporaryRedirect("/small"));
        stub(get("/empty"), WireMock.noContent());
        stub(get("/slow"), ok("at last").withFixedDelay(2_000));
        stub(any(WireMock.urlEqualTo("/body")), ok("taken"));
        server.start();
    }

    /** Names the stub for the order in which it came, since the server tells its name to the client. */
    private void stub(MappingBuilder request, ResponseDefinitionBuilder response) {
        server.stubFor(request.withId(new UUID(0, ++stubs)).willReturn(response));
    }

    String port() {
        return String.valueOf(server.port());
    }

    String tlsPort() {
        return String.valueOf(server.httpsPort());
    }

    /** Everything that arrived; sorted, since calls that run together arrive in any order. */
    List<String> received() {
        List<String> lines = new ArrayList<>();
        for (LoggedRequest request : server.findAll(WireMock.anyRequestedFor(WireMock.anyUrl()))) {
            lines.add("http/2 server: " + request.getProtocol() + " " + request.getScheme() + " " + request.getMethod()
                    + " " + request.getUrl() + " "
                    + request.getHeaders().all().stream()
                            .filter(header -> !header.keyEquals("Host")) // with the port
                            .map(header -> header.key() + "=" + header.values())
                            .sorted()
                            .toList()
                    + " " + request.getBody().length + " bytes");
        }
        lines.sort(Comparator.naturalOrder());
        return lines;
    }

    @Override
    public void close() {
        server.stop();
    }
}
