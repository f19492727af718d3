#include "service/core/sha256.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

namespace journey::core {
namespace {

const EVP_MD* Algorithm() {
  // Looked up once: an implicit fetch costs more than hashing a touchpoint.
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return kSha256;
}

}  // namespace

void Sha256::Deleter::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) { Begin(); }

void Sha256::Begin() {
  EVP_DigestInit_ex2(context_.get(), Algorithm(), nullptr);
}

void Sha256::Add(absl::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha256::Finish() {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  EVP_DigestFinal_ex(context_.get(),
                     reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  Begin();
  return digest;
}

}  // namespace journey::core
