package dev.holdfast.client.urlconnection;

import java.net.HttpURLConnection;
import java.net.ProtocolException;

/** Something that the application set on its connection, to be set on the connection of each further attempt too. */
@FunctionalInterface
interface Setting {
    /** Sets it. */
    void applyTo(HttpURLConnection connection) throws ProtocolException;
}
