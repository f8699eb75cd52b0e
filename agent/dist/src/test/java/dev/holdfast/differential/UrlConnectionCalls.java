package dev.holdfast.differential;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Field;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The calls through {@code HttpURLConnection}: every method, in the orders in which programs use them and others. */
final class UrlConnectionCalls {
    private static final List<Integer> STATUSES = List.of(
            200, 201, 202, 204, 206, 300, 304, 305, 400, 401, 402, 403, 404, 405, 409, 410, 418, 422, 429, 451, 500,
            501, 502, 503, 504, 505);

    private final Transcript t;

    UrlConnectionCalls(Transcript transcript) {
        this.t = transcript;
    }

    void run() {
        statuses();
        bodies();
        misuse();
        headers();
        redirects();
        streams();
        errors();
        surroundings();
    }

    private void statuses() {
        for (int status : STATUSES) {
            for (String method : List.of("GET", "HEAD", "DELETE", "PUT")) {
                t.scenario("huc " + method + " " + status, () -> {
                    HttpURLConnection c = open("/status/" + status);
                    c.setRequestMethod(method);
                    t.step("code", c::getResponseCode);
                    t.step("message", c::getResponseMessage);
                    t.step("in", c::getInputStream);
                    t.step("error", c::getErrorStream);
                    t.step("in again", c::getInputStream);
                    t.step("fields", () -> sorted(c.getHeaderFields()));
                    t.step("code again", c::getResponseCode);
                });
            }
            t.scenario("huc stream first " + status, () -> {
                HttpURLConnection c = open("/status/" + status);
                t.step("error first", c::getErrorStream);
                t.step("in", c::getInputStream);
                t.step("error", c::getErrorStream);
                t.step("code", c::getResponseCode);
                t.step("content", c::getContent);
                t.step("length", c::getContentLength);
            });
        }
    }

    private void bodies() {
        byte[] small = "small body".getBytes(StandardCharsets.US_ASCII);
        byte[] large = "large body ".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
        for (String method : List.of("POST", "PUT", "DELETE", "GET", "OPTIONS", "TRACE")) {
            for (byte[] body : List.of(small, large, new byte[0])) {
                for (int mode = 0; mode < 3; mode++) {
                    int m = mode;
                    t.scenario("huc " + method + " mode " + mode + " " + body.length, () -> {
                        HttpURLConnection c = open("/echo");
                        c.setRequestMethod(method);
                        c.setDoOutput(true);
                        if (m == 1) {
                            c.setFixedLengthStreamingMode(body.length);
                        } else if (m == 2) {
                            c.setChunkedStreamingMode(0);
                        }
                        t.step("write", () -> write(c, body));
                        t.step("code", c::getResponseCode);
                        t.step("in", c::getInputStream);
                        t.step("method", c::getRequestMethod);
                    });
                }
            }
        }
        t.scenario("huc connect, then write byte by byte, flush, close twice", () -> {
            HttpURLConnection c = open("/echo");
            c.setDoOutput(true);
            c.setRequestProperty("Expect", "100-continue");
            c.setFixedLengthStreamingMode(3L);
            c.setReadTimeout(300); // the time for which this client waits for a 100, where it does
            t.step("connect", () -> {
                c.connect();
                return "connected";
            });
            t.step("write", () -> {
                OutputStream out = c.getOutputStream();
                out.write('a');
                out.flush();
                out.write(new byte[] {'x', 'b', 'c', 'x'}, 1, 2);
                t.step("same stream", () -> out == c.getOutputStream());
                out.close();
                out.close();
                return "written";
            });
            t.step("in", c::getInputStream);
        });
        t.racing("huc fixed, too much and too little", () -> {
            for (int length : new int[] {2, 20}) {
                HttpURLConnection c = open("/echo");
                c.setDoOutput(true);
                c.setFixedLengthStreamingMode(length);
                t.step("write", () -> write(c, small));
                t.step("code", c::getResponseCode);
            }
        });
        t.scenario("huc write after close, and after the answer", () -> {
            for (int mode = 0; mode < 3; mode++) {
                HttpURLConnection c = open("/echo");
                c.setDoOutput(true);
                if (mode == 1) {
                    c.setFixedLengthStreamingMode(10);
                } else if (mode == 2) {
                    c.setChunkedStreamingMode(8);
                }
                OutputStream out = c.getOutputStream();
                out.write(small);
                out.close();
                t.step("write to closed", () -> {
                    out.write(1);
                    return "no error";
                });
                t.step("code", c::getResponseCode);
                t.step("stream after the answer", () -> c.getOutputStream() == out);
            }
        });
    }

    private void misuse() {
        byte[] body = {'b'};
        t.scenario("huc misuse before connecting", () -> {
            HttpURLConnection c = open("/echo");
            t.step("output without doOutput", c::getOutputStream);
            t.step("bad method", () -> {
                c.setRequestMethod("FOO");
                return "set";
            });
            t.step("null method", () -> {
                c.setRequestMethod(null);
                return "set";
            });
            t.step("null property", () -> {
                c.setRequestProperty(null, "x");
                return "set";
            });
            t.step("bad property", () -> {
                c.setRequestProperty("a\nb", "x");
                return "set";
            });
            t.step("bad value", () -> {
                c.addRequestProperty("a", "x\ny");
                return "set";
            });
            t.step("restricted", () -> {
                c.setRequestProperty("Host", "elsewhere");
                c.setRequestProperty("Connection", "close");
                c.setRequestProperty("Content-Length", "7");
                return c.getRequestProperty("Host");
            });
            t.step("bad fixed", () -> {
                c.setFixedLengthStreamingMode(-1);
                return "set";
            });
            t.step("chunked", () -> {
                c.setChunkedStreamingMode(-1);
                return "set";
            });
            t.step("fixed after chunked", () -> {
                c.setFixedLengthStreamingMode(1);
                return "set";
            });
            t.step("bad timeout", () -> {
                c.setReadTimeout(-1);
                return "set";
            });
            t.step("bad connect timeout", () -> {
                c.setConnectTimeout(-1);
                return "set";
            });
            t.step("code", c::getResponseCode);
        });
        t.racing("huc misuse after connecting", () -> {
            HttpURLConnection c = open("/echo");
            t.step("code", c::getResponseCode);
            t.step("method", () -> {
                c.setRequestMethod("POST");
                return "set";
            });
            t.step("property", () -> {
                c.setRequestProperty("a", "b");
                return "set";
            });
            t.step("add property", () -> {
                c.addRequestProperty("a", "b");
                return "set";
            });
            t.step("properties", c::getRequestProperties);
            t.step("property read", () -> c.getRequestProperty("Accept"));
            t.step("doOutput", () -> {
                c.setDoOutput(true);
                return "set";
            });
            t.step("doInput", () -> {
                c.setDoInput(true);
                return "set";
            });
            t.step("useCaches", () -> {
                c.setUseCaches(true);
                return "set";
            });
            t.step("ifModifiedSince", () -> {
                c.setIfModifiedSince(1);
                return "set";
            });
            t.step("chunked", () -> {
                c.setChunkedStreamingMode(1);
                return "set";
            });
            t.step("redirects", () -> {
                c.setInstanceFollowRedirects(false);
                return c.getInstanceFollowRedirects();
            });
            t.step("timeout", () -> {
                c.setReadTimeout(77);
                return c.getReadTimeout();
            });
            t.step("output", c::getOutputStream);
            t.step("connect again", () -> {
                c.connect();
                return "connected";
            });
        });
        t.scenario("huc doInput false", () -> {
            HttpURLConnection c = open("/echo");
            c.setDoInput(false);
            t.step("in", c::getInputStream);
            t.step("code", c::getResponseCode);
        });
        t.scenario("huc write after reading", () -> {
            HttpURLConnection c = open("/echo");
            c.setDoOutput(true);
            t.step("in", c::getInputStream);
            t.step("write", () -> write(c, body));
        });
        t.scenario("huc disconnect everywhere", () -> {
            HttpURLConnection c = open("/echo");
            c.disconnect();
            t.step("code", c::getResponseCode);
            c.disconnect();
            t.step("in", c::getInputStream);
            c.disconnect();
            t.step("code again", c::getResponseCode);
            t.step("header", () -> c.getHeaderField("Content-Length"));
        });
        t.scenario("huc patch by reflection", () -> {
            HttpURLConnection c = open("/echo");
            t.step("refused", () -> {
                c.setRequestMethod("PATCH");
                return "set";
            });
            Field method = HttpURLConnection.class.getDeclaredField("method");
            method.setAccessible(true);
            method.set(c, "PATCH");
            t.step("method", c::getRequestMethod);
            c.setDoOutput(true);
            t.step("write", () -> write(c, body));
            t.step("code", c::getResponseCode);
            t.step("in", c::getInputStream);
        });
    }

    private void headers() {
        for (String path : List.of("/headers", "/status/404", "/chunked", "/untilclose", "/interim", "/gzip")) {
            t.scenario("huc header walk " + path, () -> {
                HttpURLConnection c = open(path);
                for (int i = -1; i < 14; i++) {
                    int n = i;
                    t.step("key " + n, () -> c.getHeaderFieldKey(n));
                    t.step("field " + n, () -> c.getHeaderField(n));
                }
                t.step("by name", () -> c.getHeaderField("x-TWICE"));
                t.step("null name", () -> c.getHeaderField(null));
                t.step("int", () -> c.getHeaderFieldInt("X-Number", -1));
                t.step("long", () -> c.getHeaderFieldLong("X-Number", -1));
                t.step("date", () -> c.getHeaderFieldDate("X-Date", -1));
                t.step("default", () -> c.getHeaderFieldInt("X-None", -7));
                t.step("length", c::getContentLength);
                t.step("length long", c::getContentLengthLong);
                t.step("type", c::getContentType);
                t.step("encoding", c::getContentEncoding);
                t.step("getDate", c::getDate);
                t.step("expires", c::getExpiration);
                t.step("modified", c::getLastModified);
                t.step("fields", () -> sorted(c.getHeaderFields()));
                t.step("fields are immutable", () -> c.getHeaderFields().put("a", List.of()));
                t.step("same map", () -> c.getHeaderFields() == c.getHeaderFields());
                t.step("url", c::getURL);
                t.step("proxy", c::usingProxy);
                t.step("permission", c::getPermission);
                t.step("text", c::toString);
            });
        }
        t.scenario("huc request headers", () -> {
            HttpURLConnection c = open("/echo");
            c.addRequestProperty("X-A", "1");
            c.addRequestProperty("X-A", "2");
            c.setRequestProperty("X-B", "3");
            c.setRequestProperty("x-b", "4");
            c.setRequestProperty("X-Null", null);
            c.setIfModifiedSince(1_000_000_000_000L);
            c.setUseCaches(false);
            c.setAllowUserInteraction(true);
            t.step("properties", () -> sorted(c.getRequestProperties()));
            t.step("one", () -> c.getRequestProperty("x-a"));
            t.step("since", c::getIfModifiedSince);
            t.step(
                    "defaults",
                    () -> c.getDoInput() + " " + c.getDoOutput() + " " + c.getUseCaches() + " "
                            + c.getAllowUserInteraction() + " " + c.getDefaultUseCaches() + " " + c.getConnectTimeout()
                            + " "
                            + c.getReadTimeout() + " " + c.getInstanceFollowRedirects() + " " + c.getRequestMethod());
            t.step("code", c::getResponseCode);
        });
        t.scenario("huc Authorization is not shown", () -> {
            HttpURLConnection c = open("/echo");
            c.setRequestProperty("Authorization", "Bearer x");
            t.step("property", () -> c.getRequestProperty("Authorization"));
            t.step("properties", () -> sorted(c.getRequestProperties()));
            t.step("code", c::getResponseCode);
        });
    }

    private void redirects() {
        for (int status : new int[] {301, 302, 303, 307, 308}) {
            for (String method : List.of("GET", "HEAD", "POST", "PUT")) {
                for (boolean follow : new boolean[] {true, false}) {
                    t.scenario("huc redirect " + status + " " + method + " " + follow, () -> {
                        HttpURLConnection c = open("/redirect/" + status + "/status/200");
                        c.setRequestMethod(method);
                        c.setInstanceFollowRedirects(follow);
                        if (method.startsWith("P")) {
                            c.setDoOutput(true);
                            t.step("write", () -> write(c, new byte[] {'b'}));
                        }
                        t.step("code", c::getResponseCode);
                        t.step("in", c::getInputStream);
                        t.step("url", c::getURL);
                        t.step("method", c::getRequestMethod);
                    });
                }
            }
            t.scenario("huc redirect streaming " + status, () -> {
                HttpURLConnection c = open("/redirect/" + status + "/status/200");
                c.setRequestMethod("POST");
                c.setDoOutput(true);
                c.setChunkedStreamingMode(16);
                t.step("write", () -> write(c, new byte[] {'b'}));
                t.step("code", c::getResponseCode);
                t.step("in", c::getInputStream);
            });
        }
        for (String path : List.of("/loop", "/nowhere", "/redirect/302/redirect/301/status/404")) {
            // Whether a redirect's connection is used again depends on whether its body has arrived.
            t.racing("huc " + path, () -> {
                HttpURLConnection c = open(path);
                t.step("code", c::getResponseCode);
                t.step("in", c::getInputStream);
                t.step("error", c::getErrorStream);
                t.step("url", c::getURL);
            });
        }
    }

    private void streams() {
        for (String path : List.of("/large", "/chunked", "/untilclose", "/closing", "/status/200", "/status/500")) {
            t.scenario("huc stream use " + path, () -> {
                HttpURLConnection c = open(path);
                int code = c.getResponseCode();
                InputStream in = code >= 400 ? c.getErrorStream() : c.getInputStream();
                t.step("same", () -> in == (code >= 400 ? c.getErrorStream() : c.getInputStream()));
                t.step("first", in::read);
                t.step("bytes", () -> in.readNBytes(5));
                t.step("skip", () -> in.skip(3));
                t.step("mark", in::markSupported);
                t.step("rest", in::readAllBytes);
                t.step("end", in::read);
                in.close();
                t.step("closed", in::read);
                t.step("close twice", () -> {
                    in.close();
                    return "fine";
                });
                // The next call reuses the connection, or not.
                t.step("next", () -> open("/status/200").getInputStream());
            });
            t.racing("huc unread stream " + path, () -> {
                HttpURLConnection c = open(path);
                InputStream in = c.getResponseCode() >= 400 ? c.getErrorStream() : c.getInputStream();
                t.step("first", in::read);
                in.close();
                c.disconnect();
                t.step("next", () -> open("/status/200").getInputStream());
            });
        }
        t.scenario("huc url shortcuts", () -> {
            URL url = t.uri("/headers").toURL();
            t.step("openStream", url::openStream);
            t.step("content", url::getContent);
            t.step("content as string", () -> url.getContent(new Class<?>[] {String.class}));
            t.step("missing", () -> t.uri("/status/404").toURL().openStream());
            t.step("no proxy", () -> url.openConnection(Proxy.NO_PROXY).getInputStream());
            t.step("null proxy", () -> url.openConnection(null));
        });
        t.scenario("huc jar url", () -> {
            URL url = new URL("jar:" + t.uri("/status/200") + "!/entry");
            t.step("jar", () -> url.openConnection().getInputStream());
        });
    }

    private void errors() {
        for (String path : List.of("/short", "/resetbody", "/reset", "/close", "/resethead", "/garbage")) {
            for (String method : List.of("GET", "POST")) {
                t.scenario("huc error " + path + " " + method, () -> {
                    HttpURLConnection c = open(path);
                    if (method.equals("POST")) {
                        c.setDoOutput(true);
                        t.step("write", () -> write(c, new byte[] {'b'}));
                    }
                    t.step("code", c::getResponseCode);
                    t.step("in", c::getInputStream);
                    t.step("in again", c::getInputStream);
                    t.step("header", () -> c.getHeaderField("Content-Length"));
                    t.step("error", c::getErrorStream);
                    t.step("code again", c::getResponseCode);
                });
            }
        }
        t.scenario("huc refused", () -> {
            List<Callable<@Nullable Object>> entries = List.of(
                    () -> {
                        refused().connect();
                        return "connected";
                    },
                    () -> refused().getResponseCode(),
                    () -> refused().getInputStream(),
                    () -> refused().getHeaderField("a"),
                    () -> refused().getHeaderFields(),
                    () -> refused().getErrorStream(),
                    () -> refused().getContent(),
                    () -> refused().getContentLength());
            for (Callable<@Nullable Object> entry : entries) {
                t.step("refused", entry);
            }
            HttpURLConnection c = refused();
            t.step("code", c::getResponseCode);
            t.step("in", c::getInputStream);
            t.step("header", () -> c.getHeaderField(0));
            c.disconnect();
            t.step("after disconnect", c::getInputStream);
        });
        t.scenario("huc read timeout", () -> {
            HttpURLConnection c = open("/hang");
            c.setReadTimeout(150);
            t.step("code", c::getResponseCode);
            t.step("in", c::getInputStream);
        });
        t.scenario("huc unknown host", () -> {
            HttpURLConnection c = (HttpURLConnection) new URL("http://holdfast-test.invalid/").openConnection();
            t.step("code", c::getResponseCode);
            t.step("text", c::toString);
        });
        t.scenario("huc impossible urls", () -> {
            for (String url : List.of("http:///path", "http://127.0.0.2:0/", "http://:80/", "http://a b/")) {
                t.step(url, () -> ((HttpURLConnection) new URL(url).openConnection()).getResponseCode());
            }
        });
    }

    private void surroundings() {
        t.scenario("huc authenticator", () -> {
            HttpURLConnection c = open("/private");
            t.step("without", c::getResponseCode);
            for (int mode = 0; mode < 3; mode++) {
                HttpURLConnection d = open("/private");
                d.setAuthenticator(new Authenticator() {
                    @Override
                    protected PasswordAuthentication getPasswordAuthentication() {
                        t.line("asked by " + getRequestingHost() + " " + getRequestingPrompt() + " "
                                + getRequestingScheme() + " " + getRequestorType());
                        return new PasswordAuthentication("user", "pass".toCharArray());
                    }
                });
                if (mode > 0) {
                    d.setDoOutput(true);
                    if (mode == 2) {
                        d.setFixedLengthStreamingMode(1);
                    }
                    t.step("write", () -> write(d, new byte[] {'b'}));
                }
                t.step("code", d::getResponseCode);
                t.step("in", d::getInputStream);
            }
            HttpURLConnection wrong = open("/private");
            wrong.setAuthenticator(new Authenticator() {
                @Override
                protected PasswordAuthentication getPasswordAuthentication() {
                    return new PasswordAuthentication("user", "wrong".toCharArray());
                }
            });
            t.step("wrong password", wrong::getResponseCode);
            t.step("wrong in", wrong::getInputStream);
        });
        t.scenario("huc cookies", () -> {
            CookieHandler.setDefault(new CookieManager());
            try {
                t.step("first", () -> open("/cookie").getInputStream());
                t.step("second", () -> open("/cookie").getInputStream());
            } finally {
                CookieHandler.setDefault(null);
            }
        });
        t.scenario("huc proxy", () -> {
            Proxy proxy = new Proxy(
                    Proxy.Type.HTTP,
                    new InetSocketAddress(Transcript.HOST, t.server().port()));
            HttpURLConnection c = (HttpURLConnection) new URL("http://127.0.0.2:9/status/200").openConnection(proxy);
            t.step("code", c::getResponseCode);
            t.step("proxy", c::usingProxy);
            HttpURLConnection gone = (HttpURLConnection) new URL("http://127.0.0.2:9/")
                    .openConnection(new Proxy(
                            Proxy.Type.HTTP,
                            new InetSocketAddress(Transcript.HOST, t.refused().getPort())));
            t.step("proxy refused", gone::getResponseCode);
        });
        t.scenario("huc fifty in a row", () -> {
            for (int i = 0; i < 50; i++) {
                int n = i;
                t.step("call", () -> open("/echo/" + n).getInputStream());
            }
        });
    }

    private HttpURLConnection refused() throws IOException {
        return (HttpURLConnection) t.refused().toURL().openConnection();
    }

    private HttpURLConnection open(String path) throws IOException {
        return (HttpURLConnection) t.uri(path).toURL().openConnection();
    }

    private static String write(HttpURLConnection c, byte[] body) throws IOException {
        try (OutputStream out = c.getOutputStream()) {
            new ByteArrayOutputStream() {
                {
                    writeBytes(body);
                }
            }.writeTo(out);
        }
        return body.length + " bytes";
    }

    static Map<String, List<String>> sorted(Map<String, List<String>> map) {
        Map<String, List<String>> sorted = new TreeMap<>();
        map.forEach((name, values) -> sorted.put(String.valueOf(name), values));
        return sorted;
    }
}
