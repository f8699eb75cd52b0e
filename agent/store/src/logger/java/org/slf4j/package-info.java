/**
 * The part of SLF4J that Jedis asks for, which says nothing: SLF4J itself would look for a logger of somebody's, and
 * would say on standard error that it found none. In the isolated loader, where nobody else sees it.
 */
package org.slf4j;
