"""Static files under names that change with their content, also where one module imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Statics(CompressedManifestStaticFilesStorage):
    """An old page that imports never gets a piece of a new release."""

    support_js_module_import_aggregation = True
