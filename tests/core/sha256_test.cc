#include "service/core/sha256.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace journey::core {
namespace {

// The examples of FIPS 180-2.
constexpr char kNothing[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kAbc[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256Test, DigestIsOverAllSinceTheLastOne) {
  Sha256 hash;
  EXPECT_EQ(absl::BytesToHexString(hash.Finish()), kNothing);
  hash.Add("abc");
  EXPECT_EQ(absl::BytesToHexString(hash.Finish()), kAbc);
  hash.Add("a");
  hash.Add("");
  hash.Add("bc");
  EXPECT_EQ(absl::BytesToHexString(hash.Finish()), kAbc);
}

}  // namespace
}  // namespace journey::core
