package dev.holdfast.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS for {@link ScriptedServer}: one self-signed certificate for {@code localhost} and 127.0.0.1 to 127.0.0.9, good
 * for nothing but these tests. It is kept as a file, since making one costs each test JVM a second. Made with
 * {@code keytool -genkeypair -alias loopback -keyalg EC -groupname secp256r1 -validity 36500 -dname CN=localhost
 * -ext SAN=DNS:localhost,IP:127.0.0.1,... -storetype PKCS12 -storepass holdfast -keystore loopback.p12}.
 */
public final class LoopbackTls {
    private static final char[] PASSWORD = "holdfast".toCharArray();

    /** Read once: to decrypt it costs a tenth of a second. */
    private static final KeyStore KEY_STORE = keyStore();

    private static final SSLContext SERVER = newServerContext();

    private LoopbackTls() {}

    /** A context that presents the certificate. */
    public static SSLContext serverContext() {
        return SERVER;
    }

    private static SSLContext newServerContext() {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(KEY_STORE, PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A context that trusts the certificate, and nothing else. */
    public static SSLContext clientContext() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("loopback", KEY_STORE.getCertificate("loopback"));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore keyStore() {
        try (InputStream file =
                Objects.requireNonNull(LoopbackTls.class.getResourceAsStream("loopback.p12"), "loopback.p12")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(file, PASSWORD);
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot read loopback.p12", e);
        }
    }
}
