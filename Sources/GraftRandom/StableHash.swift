/// The 64-bit FNV-1a hash, http://www.isthe.com/chongo/tech/comp/fnv: the same in every process and on
/// every platform.
package func stableHash(of bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
