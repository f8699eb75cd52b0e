package com.example.compat;

import java.net.MalformedURLException;
import java.net.URI;
import java.util.List;
import org.apache.xmlrpc.XmlRpcException;
import org.apache.xmlrpc.client.XmlRpcClient;
import org.apache.xmlrpc.client.XmlRpcClientConfigImpl;

/** Apache XML-RPC on {@code HttpURLConnection}. */
final class XmlrpcProgram {
    private XmlrpcProgram() {}

    public static void main(String[] arguments) {
        Program.of(arguments, "Apache XML-RPC", "xmlrpc-client")
                .step("HttpURLConnection", "answer", "xmlrpc", XmlrpcProgram::asked)
                .step("HttpURLConnection", "not-found", "status-404", XmlrpcProgram::asked)
                .step("HttpURLConnection", "failed", "status-500", XmlrpcProgram::asked);
    }

    private static Object asked(URI uri) throws MalformedURLException, XmlRpcException {
        XmlRpcClientConfigImpl config = new XmlRpcClientConfigImpl();
        config.setServerURL(uri.toURL());
        XmlRpcClient client = new XmlRpcClient();
        client.setConfig(config);
        return client.execute("question", List.of(6, 7));
    }
}
