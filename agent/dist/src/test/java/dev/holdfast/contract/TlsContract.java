package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same over TLS. */
class TlsContract {
    @BeforeAll
    static void trust() {
        Style.trust(LoopbackTls.clientContext());
    }

    @ParameterizedTest
    @EnumSource
    void aPutThatIsAnswered503IsSentAgain(Style style) {
        try (ScriptedServer server = ScriptedServer.https(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503, "busy"), ScriptedResponse.respond(503, "busy"));
            CallResult callResult = style.call(Call.put(server.uri("/"), "secret"));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(callResult.text()).isEqualTo("ok");
            assertThat(server.requests())
                    .extracting(ReceivedRequest::text)
                    .containsExactly("secret", "secret", "secret");
            // The client may give a connection back a moment after the answer is there: then an attempt opens another.
            assertThat(server.accepted()).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aGetSurvivesResets(Style style) {
        try (ScriptedServer server = ScriptedServer.https(Hosts.QUICK)) {
            server.play(
                    ScriptedResponse.afterRequest(Cut.RESET),
                    ScriptedResponse.afterRequest(Cut.RESET),
                    ScriptedResponse.afterRequest(Cut.RESET));
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.status()).as("%s", callResult).isEqualTo(200);
            assertThat(server.accepted()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsNotTrustedIsAnErrorAtOnce(Style style) throws Exception {
        try (ScriptedServer server = ScriptedServer.https(Hosts.QUICK)) {
            javax.net.ssl.SSLContext nobody = javax.net.ssl.SSLContext.getInstance("TLS");
            nobody.init(null, new javax.net.ssl.TrustManager[] {new TrustNobody()}, null);
            Style.trust(nobody);
            CallResult callResult = style.call(Call.get(server.uri("/")));
            assertThat(callResult.thrown()).isInstanceOf(SSLHandshakeException.class);
            assertThat(callResult.thrown().getSuppressed()).isEmpty();
            assertThat(server.requests()).isEmpty();
        } finally {
            Style.trust(LoopbackTls.clientContext());
        }
    }

    @Test
    void theSessionOfTheLastAttemptIsTheOneThatIsSeen() throws Exception {
        try (ScriptedServer server = ScriptedServer.https(Hosts.QUICK)) {
            server.play(ScriptedResponse.respond(503).closing());
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(LoopbackTls.clientContext())
                    .build();
            HttpResponse<String> response =
                    client.send(Style.request(Call.get(server.uri("/"))), BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.sslSession().orElseThrow().getPeerCertificates())
                    .hasSize(1);

            server.play(ScriptedResponse.respond(503).closing());
            HttpsURLConnection c = (HttpsURLConnection) server.uri("/").toURL().openConnection();
            c.setSSLSocketFactory(LoopbackTls.clientContext().getSocketFactory());
            assertThat(c.getResponseCode()).isEqualTo(200);
            assertThat(c.getServerCertificates()).hasSize(1);
            assertThat(c.getCipherSuite()).startsWith("TLS_");
            assertThat(c.getSSLSession()).isPresent();
            assertThat(c.getPeerPrincipal().getName()).isEqualTo("CN=localhost");
        }
    }

    private static final class TrustNobody extends javax.net.ssl.X509ExtendedTrustManager {
        private static void no() throws java.security.cert.CertificateException {
            throw new java.security.cert.CertificateException("nobody is trusted");
        }

        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type, java.net.Socket socket)
                throws java.security.cert.CertificateException {
            no();
        }

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type, java.net.Socket socket)
                throws java.security.cert.CertificateException {
            no();
        }

        @Override
        public void checkClientTrusted(
                java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine)
                throws java.security.cert.CertificateException {
            no();
        }

        @Override
        public void checkServerTrusted(
                java.security.cert.X509Certificate[] chain, String type, javax.net.ssl.SSLEngine engine)
                throws java.security.cert.CertificateException {
            no();
        }

        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type)
                throws java.security.cert.CertificateException {
            no();
        }

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type)
                throws java.security.cert.CertificateException {
            no();
        }

        @Override
        public java.security.cert.X509Certificate[] getAcceptedIssuers() {
            return new java.security.cert.X509Certificate[0];
        }
    }
}
