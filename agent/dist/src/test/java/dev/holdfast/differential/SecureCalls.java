package dev.holdfast.differential;

import dev.holdfast.testkit.LoopbackTls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The calls over TLS: what the two clients say of the session, the peer and its certificate, and why they refuse. */
final class SecureCalls {
    private final Transcript t;

    SecureCalls(Transcript transcript) {
        this.t = transcript;
    }

    void run() {
        urlConnections();
        distrust();
        clients();
    }

    private void urlConnections() {
        for (int status : new int[] {200, 204, 404, 503}) {
            for (String method : List.of("GET", "HEAD", "PUT", "POST")) {
                t.secure("https " + method + " " + status, () -> {
                    HttpsURLConnection c = trusting("/status/" + status);
                    c.setRequestMethod(method);
                    if (method.startsWith("P")) {
                        c.setDoOutput(true);
                        t.step("write", () -> write(c));
                    }
                    t.step("code", c::getResponseCode);
                    t.step("in", c::getInputStream);
                    t.step("error", c::getErrorStream);
                    peer(c);
                });
            }
        }
        for (int mode = 0; mode < 2; mode++) {
            int m = mode;
            t.secure("https streaming " + mode, () -> {
                HttpsURLConnection c = trusting("/echo");
                c.setRequestMethod("PUT");
                c.setDoOutput(true);
                if (m == 0) {
                    c.setFixedLengthStreamingMode(4);
                } else {
                    c.setChunkedStreamingMode(2);
                }
                t.step("write", () -> write(c));
                t.step("in", c::getInputStream);
                peer(c);
                c.disconnect();
                peer(c);
            });
        }
        t.secure("https before connecting", () -> {
            HttpsURLConnection c = trusting("/echo");
            peer(c);
            t.step("null factory", () -> {
                c.setSSLSocketFactory(null);
                return "set";
            });
            t.step("null verifier", () -> {
                c.setHostnameVerifier(null);
                return "set";
            });
            t.step(
                    "default verifier",
                    () -> c.getHostnameVerifier() == HttpsURLConnection.getDefaultHostnameVerifier());
            t.step("connect", () -> {
                c.connect();
                return "connected";
            });
            peer(c);
            t.step("in", c::getInputStream);
            t.step("text", () -> c.toString().replaceFirst("^[^:]*:", ""));
        });
        t.secure("https redirects", () -> {
            for (String path : List.of("/redirect/302/status/200", "/redirect/307/status/404")) {
                HttpsURLConnection c = trusting(path);
                t.step("code", c::getResponseCode);
                t.step("in", c::getInputStream);
                t.step("url", c::getURL);
                peer(c);
            }
        });
        t.secure("https url shortcuts without trust", () -> {
            t.step("openStream", () -> t.uri("/status/200").toURL().openStream());
            t.step("content", () -> t.uri("/status/200").toURL().getContent());
        });
        t.secure("https twenty in a row", () -> {
            for (int i = 0; i < 20; i++) {
                int n = i;
                t.step("call", () -> trusting("/echo/" + n).getInputStream());
            }
        });
        for (String path : List.of("/reset", "/close", "/resethead", "/short")) {
            t.secure("https error " + path, () -> {
                HttpsURLConnection c = trusting(path);
                t.step("code", c::getResponseCode);
                t.step("in", c::getInputStream);
                t.step("in again", c::getInputStream);
            });
        }
    }

    private void distrust() {
        t.secure("https without trust", () -> {
            HttpsURLConnection c = open("/echo");
            t.step("code", c::getResponseCode);
            t.step("in", c::getInputStream);
            t.step("header", () -> c.getHeaderField(0));
            peer(c);
        });
        for (boolean verdict : new boolean[] {false, true}) {
            t.misnamed("https wrong name, verifier says " + verdict, () -> {
                HttpsURLConnection c = trusting("/echo");
                c.setHostnameVerifier((host, session) -> {
                    t.line("verifier asked for " + host + " " + session.getPeerHost());
                    return verdict;
                });
                t.step("code", c::getResponseCode);
                t.step("in", c::getInputStream);
                peer(c);
            });
        }
        t.misnamed("https wrong name", () -> {
            HttpsURLConnection c = trusting("/echo");
            t.step("code", c::getResponseCode);
        });
        t.misnamed("client wrong name", () -> {
            HttpRequest request = HttpRequest.newBuilder(t.uri("/echo")).build();
            t.step("send", () -> client().build().send(request, BodyHandlers.ofString()));
        });
        t.secure("client without trust", () -> {
            HttpRequest request = HttpRequest.newBuilder(t.uri("/echo")).build();
            HttpClient client = HttpClient.newHttpClient();
            t.step("send", () -> client.send(request, BodyHandlers.ofString()));
            t.step(
                    "async",
                    () -> client.sendAsync(request, BodyHandlers.ofString()).get(10, TimeUnit.SECONDS));
        });
        t.scenario("tls to a server that does not speak it", () -> {
            URI uri = URI.create("https" + t.uri("/echo").toString().substring(4));
            HttpsURLConnection c = (HttpsURLConnection) uri.toURL().openConnection();
            c.setSSLSocketFactory(LoopbackTls.clientContext().getSocketFactory());
            c.setReadTimeout(2000);
            t.step("code", c::getResponseCode);
        });
        t.scenario("a tunnel that the proxy refuses", () -> {
            InetSocketAddress proxy =
                    new InetSocketAddress(Transcript.HOST, t.server().port());
            HttpsURLConnection c = (HttpsURLConnection)
                    URI.create("https://127.0.0.2:9/").toURL().openConnection(new Proxy(Proxy.Type.HTTP, proxy));
            t.step("code", c::getResponseCode);
            t.step("in", c::getInputStream);
            t.step("error", c::getErrorStream);
            t.step("proxy", c::usingProxy);
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("https://127.0.0.2:9/")).build();
            HttpClient client = client().proxy(ProxySelector.of(proxy)).build();
            t.step("send", () -> client.send(request, BodyHandlers.ofString()).statusCode());
        });
    }

    private void clients() {
        for (HttpClient.Version version : HttpClient.Version.values()) {
            for (String path : List.of("/status/200", "/status/404", "/large", "/chunked", "/untilclose")) {
                for (String method : List.of("GET", "PUT")) {
                    t.secure("client https " + version + " " + method + " " + path, () -> {
                        HttpClient client = client().version(version).build();
                        HttpRequest request = HttpRequest.newBuilder(t.uri(path))
                                .method(method, BodyPublishers.ofString(method.equals("PUT") ? "body" : ""))
                                .timeout(Duration.ofSeconds(10))
                                .build();
                        t.step("send", () -> describe(client.send(request, BodyHandlers.ofString())));
                        t.step(
                                "async",
                                () -> describe(client.sendAsync(request, BodyHandlers.ofString())
                                        .get(10, TimeUnit.SECONDS)));
                    });
                }
            }
        }
        t.secure("client https with parameters", () -> {
            SSLParameters parameters = new SSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.2"});
            HttpClient client = client().sslParameters(parameters).build();
            HttpRequest request = HttpRequest.newBuilder(t.uri("/echo")).build();
            t.step("send", () -> describe(client.send(request, BodyHandlers.ofString())));
            t.step("parameters", () -> client.sslParameters().getProtocols());
            t.step("context", () -> client.sslContext().getProtocol());
        });
    }

    private void peer(HttpsURLConnection c) {
        t.step("suite", c::getCipherSuite);
        t.step("certificates", () -> c.getServerCertificates().length);
        t.step("own certificates", c::getLocalCertificates);
        t.step("principal", () -> name(c.getPeerPrincipal()));
        t.step("own principal", () -> name(c.getLocalPrincipal()));
        t.step("session", () -> c.getSSLSession().map(SSLSession::getProtocol));
    }

    private static @Nullable String name(@Nullable Principal principal) {
        return principal == null ? null : principal.getName().toLowerCase(Locale.ROOT);
    }

    private HttpsURLConnection trusting(String path) throws IOException {
        HttpsURLConnection c = open(path);
        c.setSSLSocketFactory(LoopbackTls.clientContext().getSocketFactory());
        return c;
    }

    private HttpsURLConnection open(String path) throws IOException {
        return (HttpsURLConnection) t.uri(path).toURL().openConnection();
    }

    private static HttpClient.Builder client() {
        return HttpClient.newBuilder().sslContext(LoopbackTls.clientContext());
    }

    private static String write(HttpsURLConnection c) throws IOException {
        try (OutputStream out = c.getOutputStream()) {
            out.write(new byte[] {'b', 'o', 'd', 'y'});
        }
        return "written";
    }

    private static String describe(HttpResponse<String> r) throws IOException {
        SSLSession session = r.sslSession().orElseThrow();
        return r + " " + r.version() + " " + r.body().hashCode() + " "
                + r.headers().map() + " " + session.getProtocol()
                + " " + session.getCipherSuite() + " " + session.getPeerCertificates().length + " certificates of "
                + session.getPeerHost();
    }
}
