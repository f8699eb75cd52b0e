package dev.holdfast.client.urlconnection;

import dev.holdfast.call.Privileges;
import java.net.CookieHandler;
import java.net.HttpURLConnection;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's defaults as a connection took them when the application opened it: redirects, use of caches, user
 * interaction, TLS socket factory and host-name verifier, cookie handler, response cache. They hold for its whole call,
 * as they do without Holdfast, so that the connection of each further attempt gets them from the one before. The JVM's
 * defaults themselves are never changed.
 */
final class CapturedDefaults {
    private CapturedDefaults() {}

    /**
     * Gives a connection the defaults of an earlier one.
     *
     * @param from a connection of the JDK's for the same request
     * @param to one that was not connected yet
     */
    static void copy(HttpURLConnection from, HttpURLConnection to) {
        to.setInstanceFollowRedirects(from.getInstanceFollowRedirects());
        to.setUseCaches(from.getUseCaches());
        to.setAllowUserInteraction(from.getAllowUserInteraction());
        if (from instanceof HttpsURLConnection source && to instanceof HttpsURLConnection target) {
            copyTls(source, target);
        }
        HttpURLConnection unused = Privileges.withOwnPrivileges(() -> {
            ConnectionAccess.copyCaptured(from, to);
            return to;
        });
    }

    /** Sets only what differs: a security manager may forbid the application to set a socket factory. */
    private static void copyTls(HttpsURLConnection from, HttpsURLConnection to) {
        HostnameVerifier verifier = from.getHostnameVerifier();
        if (to.getHostnameVerifier() != verifier) {
            to.setHostnameVerifier(verifier);
        }
        SSLSocketFactory factory = from.getSSLSocketFactory();
        if (to.getSSLSocketFactory() != factory) {
            SSLSocketFactory unused = Privileges.withOwnPrivileges(() -> {
                to.setSSLSocketFactory(factory);
                return factory;
            });
        }
    }

    /** The cookie handler that a connection asks; null: none. */
    static @Nullable CookieHandler cookieHandler(HttpURLConnection connection) {
        return Privileges.withOwnPrivileges(() -> ConnectionAccess.cookieHandler(connection));
    }
}
