package dev.holdfast.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.HttpsURLConnection;
import org.junit.jupiter.api.Test;

/** A fallback's answer through every entry of {@code HttpURLConnection}, as a real answer comes. */
class UrlConnectionFallbackContract {
    private static final String BODY = "in place of it: \u00e9\n";

    private static HttpURLConnection open(URI uri) throws IOException {
        return (HttpURLConnection) uri.toURL().openConnection();
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void everyEntrySeesTheSameAnswer() throws IOException {
        try (Unreachable nobody = Unreachable.refusing(Hosts.DEFAULTED)) {
            URI uri = nobody.uri("/a");
            assertThat(text(open(uri).getInputStream())).isEqualTo(BODY);
            assertThat(open(uri).getResponseCode()).isEqualTo(203);
            assertThat(open(uri).getResponseMessage()).isEqualTo("Non-Authoritative Information");
            assertThat(open(uri).getHeaderField(0)).isEqualTo("HTTP/1.1 203 Non-Authoritative Information");
            assertThat(open(uri).getHeaderField("content-TYPE")).isEqualTo("text/plain; charset=utf-8");
            assertThat(open(uri).getHeaderField("none")).isNull();
            assertThat(open(uri).getContentType()).isEqualTo("text/plain; charset=utf-8");
            assertThat(open(uri).getContentLength()).isEqualTo(19);
            assertThat(open(uri).getContentLengthLong()).isEqualTo(19);
            assertThat(open(uri).getHeaderFieldInt("Content-Length", 1)).isEqualTo(19);
            assertThat(open(uri).getErrorStream()).isNull();
            assertThat(open(uri).getContent()).isInstanceOf(InputStream.class);
            assertThat(text((InputStream) open(uri).getContent(new Class<?>[] {InputStream.class})))
                    .isEqualTo(BODY);
            assertThat(open(uri).getHeaderFields())
                    .containsEntry("X-Many", List.of("a", "b"))
                    .containsEntry("Holdfast-Fallback", List.of("default_value"));
            HttpURLConnection walked = open(uri);
            int lines = 0;
            for (int i = 1; walked.getHeaderFieldKey(i) != null; i++) {
                assertThat(walked.getHeaderField(i)).isNotNull();
                lines++;
            }
            assertThat(lines).isEqualTo(5);
            assertThat(walked.getHeaderField(6)).isNull();
            assertThat(text(uri.toURL().openStream())).isEqualTo(BODY);
        }
    }

    @Test
    void theLastGoodAnswerHasItsDatesAndNobodyCanChangeIt() throws IOException {
        String date = "Tue, 03 Jun 2008 11:05:30 GMT";
        try (ScriptedServer server = ScriptedServer.http(Hosts.CACHED)) {
            server.play(ScriptedResponse.respond(200, "good")
                            .header("Content-Type", "text/plain")
                            .header("Content-Encoding", "x-none")
                            .header("Date", date)
                            .header("Expires", date)
                            .header("Last-Modified", date)
                            .header("X-Many", "a")
                            .header("X-Many", "b"))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            HttpURLConnection live = open(server.uri("/dates"));
            assertThat(text(live.getInputStream())).isEqualTo("good");
            HttpURLConnection kept = open(server.uri("/dates"));
            assertThat(kept.getResponseMessage()).isEqualTo("OK");
            assertThat(kept.getHeaderField(0)).isEqualTo("HTTP/1.1 200 OK");
            assertThat(kept.getHeaderFieldKey(0)).isNull();
            assertThat(kept.getHeaderField((String) null)).isEqualTo("HTTP/1.1 200 OK");
            assertThat(kept.getDate()).isEqualTo(live.getDate()).isPositive();
            assertThat(kept.getExpiration()).isEqualTo(live.getExpiration()).isPositive();
            assertThat(kept.getLastModified()).isEqualTo(live.getLastModified()).isPositive();
            assertThat(kept.getHeaderFieldDate("Last-Modified", 1)).isEqualTo(live.getLastModified());
            assertThat(kept.getHeaderFieldLong("Age", 0))
                    .as("by its date")
                    .isGreaterThan(Duration.ofDays(6000).toSeconds());
            assertThat(kept.getContentEncoding()).isEqualTo("x-none");
            assertThat(kept.getContentType()).isEqualTo("text/plain");
            assertThat(kept.getHeaderField("X-Many")).isEqualTo(live.getHeaderField("X-Many"));
            assertThat(kept.getHeaderFields().get("X-Many"))
                    .as("in the order in which they came, which the JDK turns round on 17")
                    .containsExactly("a", "b");
            assertThatThrownBy(() -> kept.getHeaderFields().put("A", List.of()))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> kept.getHeaderFields().get("X-Many").add("c"))
                    .isInstanceOf(UnsupportedOperationException.class);
            InputStream stream = kept.getInputStream();
            assertThat(stream).isSameAs(kept.getInputStream());
            assertThat(text(stream)).isEqualTo("good");
            assertThat(kept.getErrorStream()).isNull();
            assertThat(kept.usingProxy()).isFalse();
            assertThatThrownBy(() -> kept.setDoOutput(true)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void overTlsNobodyHasShownACertificate() throws IOException {
        try (Unreachable nobody = Unreachable.refusing(Hosts.DEFAULTED)) {
            URI uri = URI.create(nobody.uri("/a").toString().replace("http:", "https:"));
            HttpsURLConnection connection = (HttpsURLConnection) open(uri);
            assertThat(text(connection.getInputStream())).isEqualTo(BODY);
            assertThat(connection.getSSLSession()).isEmpty();
            assertThatThrownBy(connection::getCipherSuite).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(connection::getServerCertificates).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(connection::getLocalCertificates).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(connection::getPeerPrincipal).isInstanceOf(IllegalStateException.class);
            connection.disconnect();
        }
    }

    @Test
    void aConnectThatWouldHaveFailedDoesNot() throws IOException {
        try (Unreachable nobody = Unreachable.refusing(Hosts.DEFAULTED)) {
            HttpURLConnection connection = open(nobody.uri("/a"));
            connection.connect();
            assertThat(connection.getResponseCode()).isEqualTo(203);
            assertThat(text(connection.getInputStream())).isEqualTo(BODY);
            assertThatThrownBy(() -> connection.setRequestProperty("A", "b")).isInstanceOf(IllegalStateException.class);
            assertThat(connection.getURL()).isEqualTo(nobody.uri("/a").toURL());
            assertThat(connection.getRequestMethod()).isEqualTo("GET");
            assertThat(connection.usingProxy()).isFalse();
            connection.disconnect();
        }
    }

    @Test
    void aBodyThatNobodyTakesIsWrittenToNowhere() throws IOException {
        try (Unreachable nobody = Unreachable.refusing(Hosts.DEFAULTED)) {
            HttpURLConnection connection = open(nobody.uri("/special/order.json"));
            connection.setDoOutput(true);
            connection.getOutputStream().write(new byte[100]);
            assertThat(text(connection.getInputStream())).isEqualTo("{}");
            assertThat(connection.getRequestMethod()).isEqualTo("POST");
        }
    }

    @Test
    void anAnswerWithAnErrorsStatusIsAnError() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.DEFAULTED)) {
            server.otherwise(ScriptedResponse.respond(503, "busy"));
            HttpURLConnection connection = open(server.uri("/gone"));
            assertThatThrownBy(connection::getInputStream).isInstanceOf(FileNotFoundException.class);
            assertThat(connection.getResponseCode()).isEqualTo(404);
            assertThat(text(Objects.requireNonNull(connection.getErrorStream())))
                    .isEqualTo("none");
        }
    }

    @Test
    void anAnswerThatIsTakenAsContentIsKeptToo() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.CACHED)) {
            server.play(ScriptedResponse.respond(200, "good").header("Content-Type", "text/plain"))
                    .otherwise(ScriptedResponse.respond(503, "busy"));
            assertThat(text((InputStream) open(server.uri("/content")).getContent()))
                    .isEqualTo("good");
            HttpURLConnection connection = open(server.uri("/content"));
            assertThat(text((InputStream) connection.getContent())).isEqualTo("good");
            assertThat(connection.getHeaderField("Holdfast-Fallback")).isEqualTo("cache");
        }
    }

    @Test
    void whatIsReadInPartIsNotKept() throws IOException {
        try (ScriptedServer server = ScriptedServer.http(Hosts.CACHED)) {
            server.play(ScriptedResponse.respond(200, "good answer")).otherwise(ScriptedResponse.respond(503, "busy"));
            try (InputStream in = open(server.uri("/part")).getInputStream()) {
                assertThat(in.readNBytes(4)).hasSize(4);
            }
            assertThat(open(server.uri("/part")).getResponseCode()).isEqualTo(503);
        }
    }
}
