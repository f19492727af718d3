#include "cli/delivery/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/failure.h"

namespace journey::cli {
namespace {

constexpr size_t kSecretBytesMin = 16;
constexpr size_t kSecretBytesMax = 4096;

std::string HmacSha256(const std::string& key, const std::string& message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(),
       digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace

std::vector<std::string> SignatureHeaders(const std::string& secret,
                                          int64_t unix_seconds,
                                          absl::string_view body) {
  const std::string signature =
      HmacSha256(secret, absl::StrCat(unix_seconds, ".", body));
  return {absl::StrCat("X-Journey-Timestamp: ", unix_seconds),
          absl::StrCat("X-Journey-Signature: sha256=",
                       absl::BytesToHexString(signature))};
}

absl::StatusOr<std::string> LoadSecret(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(kSecretBytesMax + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.is_open() || file.bad()) {
    return UsageError(absl::StrCat(path, ": cannot be read"));
  }
  bytes.resize(static_cast<size_t>(file.gcount()));
  const absl::string_view secret =
      absl::StripSuffix(absl::StripSuffix(bytes, "\n"), "\r");
  if (secret.size() < kSecretBytesMin || bytes.size() > kSecretBytesMax) {
    return UsageError(absl::StrCat(path, ": a secret has ", kSecretBytesMin,
                                   " to ", kSecretBytesMax,
                                   " bytes; `openssl rand -hex 32` makes one"));
  }
  return std::string(secret);
}

}  // namespace journey::cli
