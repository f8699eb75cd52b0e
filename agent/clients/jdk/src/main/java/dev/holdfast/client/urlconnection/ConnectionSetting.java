package dev.holdfast.client.urlconnection;

import dev.holdfast.fallback.AlternateOrigin;
import dev.holdfast.policy.DegradedPolicy;
import java.net.Authenticator;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import org.jspecify.annotations.Nullable;

/** Something that the application set on its connection, to be set on the connection of each further attempt too. */
@FunctionalInterface
interface ConnectionSetting {
    /** Sets it. */
    void applyTo(HttpURLConnection connection) throws ProtocolException;

    /** Returns whether it is to be set on a connection to another origin too. */
    default boolean goesAlong(DegradedPolicy policy) {
        return true;
    }

    /** A header, in place of others of its name or added to them. */
    record Header(String name, @Nullable String value, boolean added) implements ConnectionSetting {
        @Override
        public void applyTo(HttpURLConnection connection) {
            if (added) {
                connection.addRequestProperty(name, value);
            } else {
                connection.setRequestProperty(name, value);
            }
        }

        @Override
        public boolean goesAlong(DegradedPolicy policy) {
            return AlternateOrigin.goesAlong(name, policy);
        }
    }

    /** The authenticator that responds when a server or a proxy asks for credentials. */
    record Credentials(Authenticator authenticator) implements ConnectionSetting {
        @Override
        public void applyTo(HttpURLConnection connection) {
            connection.setAuthenticator(authenticator);
        }

        @Override
        public boolean goesAlong(DegradedPolicy policy) {
            return policy.forwardCredentials();
        }
    }
}
