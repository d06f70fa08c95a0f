import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cmix_site.settings")
application = get_wsgi_application()

# What is loaded by now stays: it is never looked through again for garbage, and a page, which makes some ten
# thousand objects that go with it, is not stopped a dozen times on its way.
gc.freeze()
gc.set_threshold(10_000, 20, 20)
