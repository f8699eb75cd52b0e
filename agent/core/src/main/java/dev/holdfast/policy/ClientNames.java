package dev.holdfast.policy;

import java.util.List;

/**
 * The names of the HTTP clients whose calls come through Holdfast: in the configuration, in log lines and in metric
 * labels. They stand here since the configuration, which switches single clients off, sees no client; a test holds them
 * equal to those of {@code runtime.Clients}.
 */
public final class ClientNames {
    /** {@code java.net.http.HttpClient}. */
    public static final String JAVA_NET_HTTP = "java.net.http";

    /** {@code java.net.HttpURLConnection}. */
    public static final String HTTP_URL_CONNECTION = "HttpURLConnection";

    /** Apache HttpClient 5, classic. */
    public static final String APACHE_HTTPCLIENT5 = "apache-httpclient5";

    /** OkHttp. */
    public static final String OKHTTP = "okhttp";

    /** Apache HttpClient 4, classic. */
    public static final String APACHE_HTTPCLIENT4 = "apache-httpclient4";

    /** All of them, in the order in which reports list them. */
    public static final List<String> ALL =
            List.of(JAVA_NET_HTTP, HTTP_URL_CONNECTION, APACHE_HTTPCLIENT5, OKHTTP, APACHE_HTTPCLIENT4);

    private ClientNames() {}
}
