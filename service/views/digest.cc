#include "service/views/digest.h"

#include <memory>
#include <vector>

#include "absl/strings/escaping.h"
#include "openssl/evp.h"
#include "projections/conclude.h"
#include "service/core/big_endian.h"
#include "service/views/deal_reader.h"
#include "service/views/keys.h"

namespace journey::views {
namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }

  void Add(absl::string_view bytes) {
    std::string length;
    core::AppendBigEndian(bytes.size(), length);
    EVP_DigestUpdate(context_.get(), length.data(), length.size());
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
  }

  std::string Hex() {
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    EVP_DigestFinal_ex(context_.get(),
                       reinterpret_cast<unsigned char*>(digest.data()), &size);
    digest.resize(size);
    return absl::BytesToHexString(digest);
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

absl::Status AddJourneys(Reader& reader, Sha256& hash) {
  absl::Status status;
  const absl::Status scan = reader.snapshot().ScanLists(
      JourneyPrefix(reader.tenant_id()),
      [&](absl::string_view suffix, absl::string_view) {
        v1::Subject subject;
        if (!ConsumeSubject(suffix, subject)) return false;
        const auto folded = reader.Fold(subject);
        status = folded.status();
        if (!status.ok()) return false;
        if (folded->has_value()) {
          hash.Add(projections::ConcludeJourney(reader.rules(), (*folded)->fold,
                                                (*folded)->instant)
                       .SerializeAsString());
        }
        return true;
      });
  return status.ok() ? scan : status;
}

absl::Status AddDeals(Reader& reader, Sha256& hash) {
  DealReader deals(reader);
  absl::Status status;
  const absl::Status scan = deals.ForEach(
      "", [&](const std::string& deal_id, storage::v1::DealRecord record) {
        const auto deal = deals.At(deal_id, std::move(record));
        status = deal.status();
        if (!status.ok()) return false;
        if (deal->has_value()) {
          hash.Add(projections::ConcludeDeal(reader.rules(), (*deal)->state,
                                             (*deal)->journey, (*deal)->instant)
                       .SerializeAsString());
        }
        return true;
      });
  return status.ok() ? scan : status;
}

}  // namespace

absl::StatusOr<std::string> DigestConclusions(const QueryContext& context,
                                              core::Micros as_of) {
  std::vector<std::string> tenants;
  const Snapshot snapshot(*context.store);
  absl::Status status =
      snapshot.ScanPrefix(Family::kDefault, TenantsPrefix(),
                          [&](absl::string_view suffix, absl::string_view) {
                            tenants.emplace_back(suffix);
                            return true;
                          });
  Sha256 hash;
  for (const std::string& tenant_id : tenants) {
    if (!status.ok()) return status;
    const auto reader = Reader::Make(context, tenant_id, std::nullopt, as_of);
    if (!reader.ok()) return reader.status();
    hash.Add(tenant_id);
    status = AddJourneys(**reader, hash);
    if (status.ok()) status = AddDeals(**reader, hash);
  }
  if (!status.ok()) return status;
  return hash.Hex();
}

}  // namespace journey::views
