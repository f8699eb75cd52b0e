package dev.holdfast.launch;

/**
 * The classes that have join points. Written by {@code WatchedClassesTest} from the list of clients, which the launch
 * classes cannot see: change that, not this. A constant, so that no class more is loaded before {@code main}.
 */
final class WatchedClasses {
    /**
     * With slashes, each followed by a blank. Those of libraries begin with a slash: they are the ends of the names,
     * below a root package that may have been changed.
     */
    static final String NAMES = ""
            + "jdk/internal/net/http/HttpClientFacade "
            + "jdk/internal/net/http/Stream "
            + "jdk/internal/net/http/Http2Connection "
            + "jdk/internal/net/http/PlainTunnelingConnection "
            + "sun/net/www/protocol/http/Handler "
            + "sun/net/www/protocol/https/Handler "
            + "java/net/HttpConnectSocketImpl "
            + "/client5/http/impl/classic/InternalHttpClient "
            + "/client5/http/impl/classic/MinimalHttpClient "
            + "/client5/http/impl/classic/InternalExecRuntime "
            + "/client5/http/impl/classic/HttpRequestRetryExec "
            + "/client5/http/impl/classic/ConnectExec "
            + "/Dispatcher "
            + "/RealCall "
            + "/RealCall$ApplicationInterceptorChain "
            + "/RealCall$AsyncCall "
            + "/internal/connection/RealCall "
            + "/internal/connection/Transmitter "
            + "/internal/http/CallServerInterceptor "
            + "/internal/http/RealInterceptorChain "
            + "/impl/client/InternalHttpClient "
            + "/impl/client/MinimalHttpClient "
            + "/impl/client/AbstractHttpClient "
            + "/impl/execchain/MainClientExec "
            + "/impl/execchain/MinimalClientExec "
            + "/impl/client/DefaultRequestDirector "
            + "/impl/execchain/RetryExec ";

    private WatchedClasses() {}
}
